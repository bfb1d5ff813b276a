"""The form of a webhook."""

import ipaddress

from django import forms
from django.contrib.auth import get_user_model

from reporting.permissions import sees_everything
from webhooks import names, outbound
from webhooks.models import Webhook

MOST = 50


class WebhookForm(forms.ModelForm):
    """Where to, which events, in whose name."""

    wanted = forms.CharField(
        label="Events",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One a line: interaction.ended, or interaction.* for all of a kind, or * for everything.",
    )
    owner_name = forms.CharField(
        label="Owner",
        max_length=150,
        help_text="User name of a supervisor or an administrator: gets a mail when it is disabled.",
    )
    replay_from = forms.SplitDateTimeField(
        label="Send again from",
        required=False,
        widget=forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"}),
        help_text="Everything that happened since then goes out again, with the same ids. Empty: nothing does.",
    )

    class Meta:
        model = Webhook
        fields = ["name", "url", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial.setdefault("owner_name", self.instance.owner.get_username())
        self.initial.setdefault("wanted", "\n".join(self.instance.events))

    def clean_url(self):
        """What can be seen without asking anybody; all else is seen at each attempt."""
        try:
            to = outbound.target(self.cleaned_data["url"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if _is_address(to.host) and not outbound.permitted(to.host):
            raise forms.ValidationError(f"{to.host} is in a network that nothing is sent to (PARLEY_WEBHOOK_NETWORKS).")
        return self.cleaned_data["url"]

    def clean_wanted(self):
        given = list(dict.fromkeys(self.cleaned_data["wanted"].split()))
        if len(given) > MOST:
            raise forms.ValidationError(f"At most {MOST} lines; with a * at the end one line takes a whole kind.")
        if wrong := [words for one in given if (words := names.mistake(one))]:
            raise forms.ValidationError(wrong)
        return given

    def clean_owner_name(self):
        found = get_user_model().objects.filter(username=self.cleaned_data["owner_name"]).first()
        if found is None or not sees_everything(found):
            raise forms.ValidationError("No supervisor or administrator of the whole site has this user name.")
        return found

    def _post_clean(self):
        super()._post_clean()
        self.instance.events = self.cleaned_data.get("wanted", self.instance.events)
        if owner := self.cleaned_data.get("owner_name"):
            self.instance.owner = owner


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
