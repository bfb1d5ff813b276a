"""API tokens: issued here, shown once, revoked at once."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localtime

from core import scopes, tokens
from core.clock import now
from core.errors import Conflict
from core.models import ApiToken

from .names import Name, finder
from .pages import Page


@finder
def token_names(ids) -> dict:
    found = ApiToken.objects.filter(pk__in=ids)
    return {row.pk: Name(row.name, reverse("admin:core_apitoken_change", args=[row.pk])) for row in found}


class IssueForm(forms.ModelForm):
    """What a token is for, whose it is, and how long it lasts."""

    owner_name = forms.CharField(
        label="Owner",
        max_length=150,
        help_text="User name, e.g. ana. The token may do what they may, and ends with their sign-in.",
    )
    chosen = forms.MultipleChoiceField(label="Scopes", widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}))
    days = forms.IntegerField(
        label="Valid for, days",
        min_value=1,
        max_value=tokens.LONGEST,
        initial=365,
        required=False,
        help_text="E.g. 90. Empty: until it is revoked.",
    )

    class Meta:
        model = ApiToken
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(one, f"{one}: {one.words}") for one in scopes.known().values()]

    def clean_owner_name(self):
        found = get_user_model().objects.filter(username=self.cleaned_data["owner_name"], is_active=True).first()
        if found is None:
            raise forms.ValidationError("Nobody who may sign in has this user name.")
        return found


@admin.register(ApiToken)
class ApiTokenAdmin(Page):
    section, place, menu_name = "Programs", 45, "API tokens"
    about = "How other programs sign in to the API, each in the name of a person and for some scopes only."
    form = IssueForm
    list_display = ["name", "hint", "owner", "granted", "created", "expires", "used", "state"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username", "hint"]
    search_help_text = "Name, user name of the owner, or the beginning of the token"
    actions = ["revoke"]

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["name", "owner_name", "chosen", "days"]
        return ["name", "owner", "granted", "hint", "created", "expires", "used", "state"]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj) if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        """What is shown of one that exists can be changed by nobody."""
        return super().get_form(
            request, obj, change=change, **(kwargs if obj is None else {**kwargs, "form": forms.ModelForm})
        )

    def get_changeform_initial_data(self, request):
        return {"owner_name": request.user.get_username(), **super().get_changeform_initial_data(request)}

    def save_form(self, request, form, change):
        """Issued whole, in one transaction; what the admin adds later finds it stored."""
        given, at = form.cleaned_data, now()
        until = at + timedelta(days=given["days"]) if given["days"] else None
        about = {"name": given["name"], "scopes": given["chosen"], "expires_at": until}
        token, request.issued = tokens.issue(given["owner_name"], **about, by="admin", now=at)
        form.instance = token
        form.save_m2m = lambda: None
        return token

    def save_model(self, request, obj, form, change):
        """Stored already."""

    def response_add(self, request, obj, post_url_continue=None):
        """The one page that shows it; a message would keep it in a cookie."""
        page = {**self.admin_site.each_context(request), "title": f"API token {obj.name}", "opts": self.opts}
        answer = render(request, "admin/core/apitoken/issued.html", {**page, "token": obj, "secret": request.issued})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def has_revoke_permission(self, request):
        return self.has_view_permission(request)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request, queryset: QuerySet):
        """They open nothing any more, from now on."""
        done = [row for row in queryset if self._revoked(request, row)]
        words = f"{len(done)} of {queryset.count()} revoked; the others were revoked before."
        self.message_user(request, words, messages.SUCCESS if done else messages.WARNING)

    def _revoked(self, request, row: ApiToken) -> bool:
        try:
            tokens.revoke(row.pk, by="admin", now=now())
        except Conflict:
            return False
        self.log_change(request, row, "Revoked.")
        return True

    @admin.display(description="Scopes")
    def granted(self, row):
        return ", ".join(row.scopes)

    @admin.display(description="Issued", ordering="created_at")
    def created(self, row):
        return _day(row.created_at)

    @admin.display(description="Expires", ordering="expires_at")
    def expires(self, row):
        return _day(row.expires_at) if row.expires_at else "Never"

    @admin.display(description="Last used", ordering="last_used_at")
    def used(self, row):
        return f"{localtime(row.last_used_at):%Y-%m-%d %H:%M}" if row.last_used_at else "Never"

    @admin.display(description="State")
    def state(self, row):
        return capfirst(row.state(now()))


def _day(moment) -> str:
    return f"{localtime(moment):%Y-%m-%d}"
