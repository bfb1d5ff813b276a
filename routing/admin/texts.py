"""What contacts read, in the site's own words."""

from django import forms
from django.contrib import admin

from core.backoffice.pages import Page
from routing import wording
from routing.models import ContactTexts

PAGE = [key for key, text in wording.KEYS.items() if not text.label.startswith("Line: ")]
LINES = [key for key in wording.KEYS if key not in PAGE]


def _field(key: str) -> forms.CharField:
    text = wording.KEYS[key]
    names = ", ".join(f"{{{name}}}" for name in text.names)
    return forms.CharField(
        label=text.label.removeprefix("Line: ").capitalize(),
        required=False,
        max_length=wording.LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=f"Placeholders: {names}." if names else "",
    )


class TextsForm(forms.ModelForm):
    """One field for each text; what stands in an empty one is what contacts read otherwise."""

    class Meta:
        model = ContactTexts
        fields = ["queue", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        otherwise = wording.TEXTS[self.instance.language or wording.DEFAULT]
        for key in wording.KEYS:
            self.fields[key].initial = self.instance.texts.get(key, "")
            self.fields[key].widget.attrs["placeholder"] = otherwise[key]

    def clean(self):
        given = super().clean()
        for key in wording.KEYS:
            trouble = wording.mistake(key, given.get(key) or "")
            if trouble:
                self.add_error(key, trouble)
        self._only_one(given.get("queue"), given.get("language", ""))
        return given

    def _only_one(self, queue, language: str) -> None:
        same = ContactTexts.objects.filter(queue=queue, language=language).exclude(pk=self.instance.pk)
        if other := same.first():
            raise forms.ValidationError(f"There are texts for {other} already. Change those.")

    def save(self, commit=True):
        given = {key: self.cleaned_data[key].strip() for key in wording.KEYS}
        self.instance.texts = {key: words for key, words in given.items() if words}
        return super().save(commit)


TextsForm = type("TextsForm", (TextsForm,), {key: _field(key) for key in wording.KEYS})


@admin.register(ContactTexts)
class ContactTextsAdmin(Page):
    section, place = "Texts", 38
    about = (
        "What contacts read, by queue and language. The most exact words count: of the queue in the language, of the "
        "queue, of the language, of all; else the product's own. Lines that were written already keep their words."
    )
    form = TextsForm
    list_display = ["__str__", "how_many"]
    list_select_related = ["queue"]
    list_filter = ["language", "queue"]
    fieldsets = [
        ("For whom", {"fields": ["queue", "language"]}),
        ("The page", {"fields": PAGE}),
        ("Lines in the chat", {"fields": LINES, "description": "Contacts and agents read them alike."}),
    ]

    @admin.display(description="Own texts")
    def how_many(self, row):
        return f"{len(row.texts)} of {len(wording.KEYS)}"
