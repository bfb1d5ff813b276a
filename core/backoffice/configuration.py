"""Pages beside those of rows: what cannot work, the configuration as a file with its plan, and reverting a change."""

import zlib
from base64 import b64decode, b64encode
from functools import wraps

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_GET, require_POST

from core import mistakes
from core.clock import now
from core.configuration import actions
from core.configuration.document import Refused
from core.configuration.telling import differences
from core.models import Change, KeptState

LARGEST = 1_000_000  # about what a request may hold; larger files go through the command
MOST = 20_000_000
KINDS = {mistakes.ERROR: "Cannot work:", mistakes.WARNING: "Take care:", mistakes.HINT: "Look:"}
VERBS = {"add": "Add", "change": "Change", "remove": "Remove"}
COUNTED = {"add": "added", "change": "changed", "remove": "removed"}


def urls(site) -> list:
    """Beneath the page of the file; each is for those alone who may change everything."""
    pages = (
        ("configuration/export/", export, "configuration_export"),
        ("configuration/plan/", plan, "configuration_plan"),
        ("configuration/apply/", apply, "configuration_apply"),
        ("configuration/changes/<uuid:pk>/revert/", revert, "configuration_revert"),
    )
    return [path(where, site.admin_view(for_all_rights(view)), name=name) for where, view, name in pages]


def for_all_rights(view):
    """Who administers a part only does not see the whole."""

    @wraps(view)
    def inner(request, **kwargs):
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, **kwargs)

    return inner


def _show(request, template: str, title: str, status: int = 200, **context):
    given = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"admin/{template}", given, status=status)


def show_mistakes(request):
    found = [{"mistake": each, "kind": KINDS[each.level], "url": _page_of(each)} for each in mistakes.find(now())]
    return _show(request, "mistakes.html", "Checks", found=found)


def _page_of(mistake) -> str:
    if mistake.about is None:
        return ""
    meta = apps.get_model(mistake.about[0])._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[mistake.about[1]])
    except NoReverseMatch:
        return ""


def show(request, refused: list | tuple = ()):
    kept = KeptState.objects.defer("text")
    status = 422 if refused else 200
    return _show(request, "configuration/file.html", "Configuration as a file", status, kept=kept, refused=refused)


@require_GET
def export(request):
    answer = HttpResponse(actions.export(), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="parley-{now():%Y-%m-%d}.yaml"'
    return answer


@require_POST
def plan(request):
    try:
        text, way = _handed_in(request)
        found = actions.plan(text, now=now())
    except Refused as refused:
        return show(request, refused.mistakes)
    given = {"text": packed(text), "way": way, "basis": found.basis, "doubts": found.doubts, **_told(found.steps)}
    urls = {"apply_url": reverse("admin:configuration_apply"), "back_url": reverse("admin:configuration")}
    return _show(request, "configuration/plan.html", "What this file would change", **given, **urls)


def _handed_in(request) -> tuple[str, str]:
    """The text of the file, or of the kept state that somebody wants back."""
    if kept := request.POST.get("kept", ""):
        return get_object_or_404(KeptState, pk=kept if kept.isdecimal() else 0).text, Change.BACK
    file = request.FILES.get("file")
    if file is None:
        raise Refused("Choose a file first.")
    if file.size > LARGEST:
        raise Refused("The file is larger than 1 MB. Apply it with manage.py configuration.")
    try:
        return file.read().decode("utf-8-sig"), Change.FILE
    except UnicodeDecodeError:
        raise Refused("The file is no text in UTF-8.") from None


@require_POST
def apply(request):
    basis = request.POST.get("basis", "")
    way = Change.BACK if request.POST.get("way") == Change.BACK else Change.FILE
    try:
        text = unpacked(request.POST.get("text", ""))
        steps = actions.apply(text, who=request.user.get_username(), now=now(), basis=basis, way=way, by=request.user)
    except Refused as refused:
        return show(request, refused.mistakes)
    messages.success(request, f"Applied: {_told(steps)['counted']}." if steps else "Nothing to change.")
    return redirect("admin:configuration")


def packed(text: str) -> str:
    """For a field of the plan's form: what is asked for with Apply is what was looked at."""
    return b64encode(zlib.compress(text.encode())).decode()


def unpacked(given: str) -> str:
    unpacking = zlib.decompressobj()
    try:
        return unpacking.decompress(b64decode(given), MOST).decode()
    except (ValueError, zlib.error):
        raise Refused("Hand in the file again: this plan has been damaged on its way.") from None


def revert(request, pk):
    """Shows what it would do, then does it."""
    change = get_object_or_404(Change, pk=pk)
    back = reverse("admin:core_change_changelist")
    try:
        step = actions.step_back(change)
        if request.method == "POST":
            about = {"who": request.user.get_username(), "basis": request.POST.get("basis", ""), "by": request.user}
            actions.revert(change, now=now(), **about)
            messages.success(request, f"Reverted: {change}.")
            return redirect(back)
    except Refused as refused:
        messages.error(request, " ".join(refused.mistakes))
        return redirect(back)
    steps = [step] if step.before != step.after or step.was else []
    told = {"apply_url": request.path, "back_url": back, "basis": actions.basis_of(step), **_told(steps)}
    return _show(request, "configuration/plan.html", "Revert this change", **told)


def _told(steps: list) -> dict:
    rows = [{"words": _words(step), "differences": _of(step)} for step in steps]
    counted = {words: sum(step.kind == kind for step in steps) for kind, words in COUNTED.items()}
    return {"rows": rows, "counted": ", ".join(f"{n} {words}" for words, n in counted.items() if n)}


def _of(step) -> list:
    return [] if step.kind == "remove" else differences(step.before, step.after)


def _words(step) -> str:
    former = f" (was {step.was})" if step.was else ""
    return f"{VERBS[step.kind]} {step.table.name} {step.name}".rstrip() + former
