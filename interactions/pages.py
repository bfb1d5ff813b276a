"""The pages: log in, workspace, contact's page, the demo's guide."""

import hashlib

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from agents.models import Agent
from core import realtime
from core.clock import now
from core.errors import Conflict
from core.realtime import Post
from routing.models import RoutingPoint

from .actions import status
from .demo import demo_page_context
from .events import is_staffed
from .frames import TEXT_LIMIT

TRIES, TRIES_SECONDS = 10, 300


class Login(auth.LoginView):
    """Log in. After ten wrong passwords for one name from one address it waits five minutes."""

    template_name = "login.html"
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        if cache.get(self._key(), 0) >= TRIES:
            form = self.get_form()
            form.errors.clear()
            return self.render_to_response(self.get_context_data(form=form, too_many=True), status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        cache.add(self._key(), 0, TRIES_SECONDS)
        cache.incr(self._key())
        return super().form_invalid(form)

    def form_valid(self, form):
        cache.delete(self._key())
        response = super().form_valid(form)
        agent = Agent.objects.filter(user=form.get_user()).first()
        if agent is not None:
            status.sign_in(agent.id, now=now())
        return response

    def get_default_redirect_url(self):
        """Who is no agent works in the admin."""
        is_agent = Agent.objects.filter(user=self.request.user).exists()
        return super().get_default_redirect_url() if is_agent else "/admin/"

    def _key(self) -> str:
        name = self.request.POST.get("username", "").casefold()[:150]
        return f"login:{self.request.META.get('REMOTE_ADDR', '')}:{hash_of(name)}"


def hash_of(name: str) -> str:
    """Cache keys take no spaces or control characters."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log off and sign out; with chats open the agent stays, and the workspace says which."""
    agent = Agent.objects.filter(user_id=request.user.pk).first()
    if agent is not None:
        try:
            status.set_status(agent.id, "logged_off", now=now())
        except Conflict:
            return redirect("/?open=1")
        realtime.publish([Post((agent.holder,), b"", control="close:4401")])
    return auth.LogoutView.as_view(next_page="/login/")(request)


@login_required
@ensure_csrf_cookie
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The workspace."""
    agent = Agent.objects.filter(user=request.user).first()
    if agent is None:
        return redirect("/admin/" if request.user.is_staff else "/login/")
    return render(request, "desk.html", {"agent": agent})


@require_GET
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The contact's page of a routing point."""
    point = get_object_or_404(RoutingPoint.objects.select_related("queue"), slug=slug, active=True)
    page = {
        "slug": point.slug,
        "title": point.title,
        "staffed": is_staffed(point.queue, now()),
        "fields": [_field(field) for field in point.fields.all()],
        "text_limit": TEXT_LIMIT,
        "texts": {"unstaffed": point.unstaffed_text},
    }
    return render(request, "contact.html", {"page": page})


def _field(field) -> dict:
    return {
        "key": field.key,
        "label": field.label,
        "type": field.type,
        "required": field.required,
        "choices": field.answers(),
    }


@require_GET
def demo(request: HttpRequest) -> HttpResponse:
    """What a newcomer opens in which window; only where the demo's people exist."""
    context = demo_page_context()
    if context is None:
        raise Http404
    return render(request, "demo.html", context)
