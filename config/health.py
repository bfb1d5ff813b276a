"""For load balancers and operators."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from core import reach
from interactions import runner

VITAL = ("database", "engine")


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """The process can serve: the database answers, and the engine runs where it should. 503 otherwise.

    Without Redis it still serves, only slower across processes; so that is said, but counts for nothing.
    """
    checks = {
        "database": reach.why_no_database() is None,
        "engine": settings.ENGINE != "inside" or runner.is_running(),
        "redis": reach.why_no_redis() is None,
    }
    ready = all(checks[name] for name in VITAL)
    return JsonResponse({"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503)
