"""Those who may open these pages."""

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError

from core.backoffice.pages import Page

User = get_user_model()


class AdministratorForm(UserChangeForm):
    by = None
    is_active = forms.BooleanField(
        required=False, label="May sign in", help_text="Unset when somebody leaves: the history keeps the name."
    )

    def clean_is_active(self):
        if self.by == self.instance and not self.cleaned_data["is_active"]:
            raise ValidationError("You cannot take away your own sign-in; another administrator can.")
        return self.cleaned_data["is_active"]


admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class AdministratorAdmin(Page, auth.UserAdmin):
    section, place, menu_name = "People", 15, "Administrators"
    about = "Who may open these pages. Agents who may are set on their own page."
    instead = "Unset “May sign in” instead."
    form, add_form = AdministratorForm, UserCreationForm
    list_display = ["username", "agent_name", "is_active", "last_login"]
    list_filter = ["is_active"]
    list_select_related = ["agent"]
    search_fields = ["username"]
    filter_horizontal = []
    fieldsets = [(None, {"fields": ["username", "password", "is_active"]})]
    add_fieldsets = [(None, {"fields": ["username", "password1", "password2"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(is_superuser=True)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        title = {"title": "Change administrator" if object_id else "Add administrator"}
        return super().changeform_view(request, object_id, form_url, {**title, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        obj.is_staff = obj.is_superuser = True
        super().save_model(request, obj, form, change)

    def refusal(self, user) -> str | None:
        """The history of changes names its people for ever."""
        if user.logentry_set.exists():
            return f"{user.username} cannot be deleted: the history shows changes of theirs. {self.instead}"
        return super().refusal(user)

    def has_delete_permission(self, request, obj=None):
        return obj != request.user and super().has_delete_permission(request, obj)

    @admin.display(description="Agent")
    def agent_name(self, user):
        return getattr(user, "agent", None)
