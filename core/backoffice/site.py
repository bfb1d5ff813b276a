"""The administration's site: one sign-in with the rest of Parley, and a menu ordered by task."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import capfirst, slugify

from . import configuration
from .notices import notices


@dataclass(frozen=True, slots=True)
class Extra:
    """A page that belongs to no kind of row. `name`: of its address, and of its entry in the menu."""

    section: str
    place: int
    key: str
    name: str
    about: str
    view: Callable

    def entry(self) -> dict:
        address = reverse(f"admin:{self.key}")
        return {"name": self.name, "about": self.about, "admin_url": address, "object_name": self.key, "add_url": None}


class BackOfficeSite(admin.AdminSite):
    site_header = "Parley"
    site_title = "Parley administration"
    index_title = "Administration"
    site_url = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.extras: list[Extra] = []
        self.parts: list[Callable] = []

    def add_page(self, page: Extra) -> None:
        """One more entry of the menu, for administrators as all others are."""
        self.extras.append(page)

    def add_part(self, administers: Callable) -> None:
        """`administers(user)`: may this user open some pages, though not all? What they see there each page decides."""
        self.parts.append(administers)

    def get_urls(self):
        views = [(page.key, configuration.for_all_rights(page.view)) for page in self.extras]
        own = [path(f"{key}/", self.admin_view(view), name=key) for key, view in views]
        return own + configuration.urls(self) + super().get_urls()

    def has_permission(self, request):
        """Administrators see and change everything, administrators of a part what is theirs, everybody else nothing."""
        user = request.user
        return user.is_active and (user.is_superuser or any(administers(user) for administers in self.parts))

    def login(self, request, extra_context=None):
        """Administrators sign in where everybody does; who is signed in but no administrator is told so."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return render(request, "admin/refused.html", self.each_context(request), status=403)
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or request.path, settings.LOGIN_URL)

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            logout(request)
        return redirect(settings.LOGIN_URL)

    def each_context(self, request):
        found = notices() if request.user.is_superuser else []
        return {**super().each_context(request), "page_name": self._page_name(request), "notices": found}

    def app_index(self, request, app_label, extra_context=None):
        return redirect("admin:index")

    def get_app_list(self, request, app_label=None):
        """The menu: pages under the section that each names, in the order of their places."""
        models = [model for app in super().get_app_list(request, app_label) for model in app["models"]]
        sections: dict[str, list] = {}
        pages = [(self._registry[model["model"]], model) for model in models]
        named = [
            (page.section, page.place, {**model, "name": page.menu_name or model["name"], "about": page.about})
            for page, model in pages
        ]
        if request.user.is_superuser:
            named += [(page.section, page.place, page.entry()) for page in self.extras]
        for section, _, entry in sorted(named, key=itemgetter(1)):
            sections.setdefault(section, []).append(entry)
        return [_section(name, entries) for name, entries in sections.items()]

    def _page_name(self, request) -> str:
        """What the menu calls the page that this address belongs to."""
        address = getattr(request.resolver_match, "url_name", None) or ""
        if extra := next((page for page in self.extras if page.key == address), None):
            return extra.name
        for model, page in self._registry.items():
            if address.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
                return page.menu_name or capfirst(model._meta.verbose_name_plural)
        return ""


def _section(name: str, models: list) -> dict:
    label = slugify(name)
    return {"name": name, "app_label": label, "app_url": "", "has_module_perms": True, "models": models}
