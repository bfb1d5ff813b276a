"""What this app's views share: who asks."""

from django.utils.functional import cached_property
from rest_framework import permissions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from agents.models import Agent
from core.api.base import View
from core.api.tokens import OpenView
from core.errors import NotAllowed, NotFound
from interactions import scopes
from interactions.actions import locking
from interactions.models import ContactSession


class IsAgent(permissions.BasePermission):
    """Somebody who works here, and still may."""

    message = "Only agents may do this."

    def has_permission(self, request, view):
        return bool(request.user.is_authenticated and Agent.objects.filter(user=request.user).exists())


class AgentView(OpenView):
    """A call of the workspace. `while_locked`: also of one that waits for the password."""

    permission_classes = (IsAgent,)
    while_locked = False

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.session and not self.while_locked and locking.is_locked(self.session):
            raise NotAllowed("locked", locking.LOCKED)

    @cached_property
    def agent(self) -> Agent:
        return Agent.objects.get(user=self.request.user)


class ContactToken(BaseAuthentication):
    """`Authorization: Bearer <contact token>`; the token opens one chat only."""

    def authenticate(self, request):
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        chat = request.parser_context["kwargs"]["chat"]
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationFailed("Send the chat's token.")
        interaction = ContactSession.authenticate(chat, token.strip())
        if interaction is None:
            raise NotFound(message="There is no such chat.")
        return (None, interaction)

    def authenticate_header(self, request):
        return "Bearer"


class ContactView(View):
    """A call of the contact's page; `self.interaction` is the token's."""

    authentication_classes = (ContactToken,)
    permission_classes = ()
    reads = writes = scopes.OF_CONTACTS

    @property
    def interaction(self):
        return self.request.auth
