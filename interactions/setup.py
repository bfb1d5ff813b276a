"""The first administrator, made through a link that works once.

The link holds the number of the set-up it is for, signed. Each set-up that was done is an event with that number as
its version, which is unique: so of all links ever printed one works, once, however many are opened together.
"""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth import forms, get_user_model, login
from django.contrib.auth.hashers import make_password
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from core.clock import now as present
from core.models import Event

User = get_user_model()
SETUP = uuid.uuid5(uuid.NAMESPACE_URL, "parley:setup")
VALID = timedelta(hours=24)
_signer = Signer(salt="parley.setup", sep=".")


class FirstAdministratorForm(forms.UserCreationForm):
    """User name and the password twice, checked as every password is."""


def needed() -> bool:
    """Nobody can administer this site."""
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def token(*, now: datetime) -> str:
    """What the link ends with, good for a day."""
    return _signer.sign_object({"number": _number(), "until": int((now + VALID).timestamp())})


def number_in(given: str, *, now: datetime) -> int | None:
    """The number of a link that is ours, in time, not used, and still needed; else None."""
    try:
        link = _signer.unsign_object(given)
    except (BadSignature, ValueError):
        return None
    good = link["number"] == _number() and link["until"] > now.timestamp() and needed()
    return link["number"] if good else None


def make_administrator(username: str, hashed: str, *, number: int, now: datetime):
    """The first administrator; None when the set-up of this number is done already. Emits administrator.made."""
    try:
        with transaction.atomic():
            Event.objects.create(subject=SETUP, version=number, name="administrator.made", actor="setup", at=now)
            return User.objects.create(username=username, password=hashed, is_staff=True, is_superuser=True)
    except IntegrityError:  # another link was used at this moment
        return None


@sensitive_post_parameters()
@never_cache
def page(request, token: str):
    """The form behind the link; then the new administrator is signed in."""
    number = number_in(token, now=present())
    if number is None:
        return _expired(request)
    form = FirstAdministratorForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "setup.html", {"form": form, "expired": False})
    return _done(request, form.cleaned_data, number)


def _done(request, given: dict, number: int):
    hashed = make_password(given["password1"])
    user = make_administrator(given["username"], hashed, number=number, now=present())
    if user is None:
        return _expired(request)
    login(request, user)
    return redirect("admin:index")


def _expired(request):
    return render(request, "setup.html", {"form": None, "expired": True}, status=410)


def _number() -> int:
    """Of the next set-up: one more than were done."""
    return Event.objects.filter(subject=SETUP).count() + 1
