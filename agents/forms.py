"""The agent's form: the person and the sign-in in one place."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from .models import Agent, Site
from .options import AGENT, at

User = get_user_model()
CHOICES = {"class": "choices"}


class AmberAndRed(forms.ModelForm):
    """Options of one level, of which red comes after amber; what is empty is as the site says."""

    def clean(self):
        given = super().clean()
        amber, red = (_given_or_site(given, name) for name in ("pending_amber", "pending_red"))
        if amber >= red and not {"pending_amber", "pending_red"} & set(self.errors):
            self.add_error("pending_red", f"Red comes after amber, which is {amber}: give it more seconds.")
        return given


def _given_or_site(given: dict, name: str) -> int:
    value = given.get(name)
    return getattr(Site.current(), name) if value is None else value


class AgentForm(AmberAndRed):
    """`by`: the administrator at work, set by the page."""

    by = None
    username = forms.CharField(label="User name", max_length=150, help_text="For signing in, e.g. ana.")
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text="Long and not a common one, e.g. three words.",
    )
    email = forms.EmailField(
        label="E-mail", required=False, max_length=254, help_text="Where mail about chats goes, e.g. ana@example.com."
    )
    may_sign_in = forms.BooleanField(
        required=False, initial=True, help_text="Unset when somebody leaves: workspaces close at once, history stays."
    )
    administrator = forms.BooleanField(required=False, help_text="May also open these pages and change everything.")
    queues = forms.ModelMultipleChoiceField(
        queryset=Agent.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHOICES),
        help_text="Whose chats are offered to the agent.",
    )

    class Meta:
        model = Agent
        fields = ["name", "nickname", "department", "groups", "role", "supervisor", *at(AGENT)]
        widgets = {"groups": forms.CheckboxSelectMultiple(attrs=CHOICES)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["queues"].queryset = Agent.queues.rel.related_model.objects.all()

    def user(self):
        """Whose sign-in this is; not stored yet for a new one."""
        return self.instance.user

    def clean_username(self):
        username = User.normalize_username(self.cleaned_data["username"])
        for validate in User._meta.get_field("username").validators if username else ():
            validate(username)
        if User.objects.filter(username__iexact=username).exclude(pk=self.user().pk).exists():
            raise ValidationError(f"There is already a user {username}. Choose another name.")
        return username

    def clean(self):
        super().clean()
        if password := self.cleaned_data.get("password"):
            self._try(password)

    def _try(self, password: str) -> None:
        try:
            validate_password(password, self.user())
        except ValidationError as error:
            self.add_error("password", error)


class NewAgentForm(AgentForm):
    """A new agent has a new sign-in, or one that exists already, e.g. an administrator's."""

    existing = forms.ModelChoiceField(
        User.objects.filter(agent=None).order_by("username"),
        required=False,
        label="Or an existing sign-in",
        help_text="Of somebody who can sign in already, e.g. an administrator who is to take chats too.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].required = False

    def user(self):
        return self.cleaned_data.get("existing") or User(username=self.cleaned_data.get("username", ""))

    def clean(self):
        super().clean()
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.cleaned_data.get("existing"):
            if username or password:
                self.add_error("existing", "Write a user name and password, or choose an existing sign-in; not both.")
            return
        if not username and "username" not in self.errors:
            self.add_error("username", "Write a user name, or choose an existing sign-in.")
        if not password and "password" not in self.errors:
            self.add_error("password", "A new sign-in needs a password.")


class ChangedAgentForm(AgentForm):
    """Of an agent who is there. Nobody locks themselves out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        user = self.instance.user
        self.initial |= {
            "username": user.username,
            "email": user.email,
            "may_sign_in": user.is_active,
            "administrator": user.is_superuser,
            "queues": list(self.instance.queues.values_list("pk", flat=True)),
        }
        self.fields["password"].label = "New password"
        self.fields["password"].help_text = "Empty: stays as it is. A new one ends their open sign-ins."

    def clean(self):
        super().clean()
        if self.by == self.instance.user:
            for name in ("may_sign_in", "administrator"):
                if not self.cleaned_data.get(name):
                    self.add_error(name, "You cannot take this from yourself; another administrator can.")
