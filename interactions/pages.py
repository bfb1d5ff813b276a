"""The pages: log in, workspace, contact's page, the demo's guide."""

import hashlib

from csp.decorators import csp_update
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from agents.models import Agent
from core import rates, realtime
from core.clock import now
from core.errors import Conflict
from core.middleware import NOTHING
from core.realtime import Post
from routing import wording
from routing.models import ContactTexts, RoutingPoint

from .actions import status
from .demo import demo_page_context
from .frames import TEXT_LIMIT
from .staffing import is_staffed

TRIES, TRIES_OF_ADDRESS, TRIES_SECONDS = 10, 100, 300
TRUSTED_TYPES = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}


class LogInForm(AuthenticationForm):
    """Ten wrong passwords for one name from one address, or a hundred from one address, and it waits."""

    def clean(self):
        keys = self.keys()
        if any(rates.tried(key) >= limit for key, limit in keys.items()):
            words = "Too many wrong passwords. Wait five minutes, then try again."
            raise ValidationError(words, code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            for key in keys:
                rates.count(key, TRIES_SECONDS)
            raise
        rates.forget(next(iter(keys)))
        return cleaned

    def keys(self) -> dict[str, int]:
        """What is counted, each with its limit. Cache keys take no spaces or control characters."""
        address = self.request.META.get("REMOTE_ADDR", "")
        name = hashlib.sha256(self.data.get("username", "").casefold().encode()).hexdigest()[:32]
        return {f"login:{address}:{name}": TRIES, f"login:{address}": TRIES_OF_ADDRESS}


class Login(auth.LoginView):
    """Log in. Who logs in as an agent is Not Ready then."""

    template_name = "login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "too_many"):
            response.status_code = 429
            response.headers["Retry-After"] = str(TRIES_SECONDS)
        return response

    def form_valid(self, form):
        response = super().form_valid(form)
        agent = Agent.objects.filter(user=form.get_user()).first()
        if agent is not None:
            status.sign_in(agent.id, now=now())
        return response

    def get_default_redirect_url(self):
        """Who is no agent works in the back office."""
        is_agent = Agent.objects.filter(user=self.request.user).exists()
        return super().get_default_redirect_url() if is_agent else "/admin/"


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Log off and sign out; with chats open the agent stays, and the workspace says which."""
    agent = Agent.objects.filter(user_id=request.user.pk).first()
    if agent is not None:
        try:
            status.set_status(agent.id, "logged_off", channel=status.ALL, now=now())
        except Conflict:
            return redirect("/?open=1")
    answer = auth.LogoutView.as_view(next_page="/login/")(request)
    if agent is not None:
        realtime.publish([Post((agent.holder,), b"", control="recheck")])
    return answer


@login_required
@csp_update(TRUSTED_TYPES)
@ensure_csrf_cookie
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The workspace."""
    agent = Agent.objects.filter(user=request.user).first()
    if agent is None:
        return redirect("/admin/" if request.user.is_staff else "/login/")
    answer = render(request, "desk.html", {"agent": agent})
    answer.headers["Permissions-Policy"] = NOTHING.replace("microphone=()", "microphone=(self)")
    return answer


@csp_update(TRUSTED_TYPES)
@require_GET
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The contact's page of a routing point."""
    point = get_object_or_404(RoutingPoint.objects.select_related("queue"), slug=slug, active=True)
    language = wording.preferred(request.headers.get("Accept-Language", ""), point.language)
    words = ContactTexts.objects.for_chat(point.queue_id, language)
    page = {
        "slug": point.slug,
        "title": words.say("title", title=point.title),
        "language": language,
        "open": point.queue.is_open(now()),
        "next_opening": point.queue.next_opening(now()),
        "staffed": is_staffed(point.queue, now()),
        "fields": [_field(field) for field in point.fields.filter(asked=True)],
        "text_limit": TEXT_LIMIT,
        "texts": {key: words.say(key) for key in ("welcome", "unstaffed", "closed", "opens")},
        "words": words.page,
    }
    document = wording.fill(words.page["document"], {"title": page["title"]})
    answer = render(request, "contact.html", {"page": page, "document": document, "t": words.page})
    answer.headers["Content-Language"] = language
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


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
