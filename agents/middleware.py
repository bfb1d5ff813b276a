"""A locked workspace locks the whole sign-in: who is an administrator too gives the password first."""

from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from .models import DeskSession


class LockedSessions(MiddlewareMixin):
    """The administration shows chats as well. Its pages lead to the workspace, which asks for the password."""

    def process_request(self, request):
        if not request.path.startswith("/admin/"):
            return None
        locked = DeskSession.objects.locked().filter(pk=request.session.session_key)
        return redirect("/") if request.session.session_key and locked.exists() else None
