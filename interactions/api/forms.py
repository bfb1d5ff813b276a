"""What requests may hold. Unknown fields are refused."""

from rest_framework import serializers as s

from agents.status import Status
from core.api.forms import Id, Number, Strict, Text
from interactions.directory import TARGETS, TYPES
from interactions.frames import TEXT_LIMIT
from interactions.states import Medium
from routing.wording import LANGUAGES

PAGE_LIMIT = 500
QUEUES = ("queue", "routing_point")


class NewLine(Strict):
    """`id`: the client's own UUID of the line; sending it again is harmless."""

    id = Id()
    text = Text(max_length=TEXT_LIMIT, trim_whitespace=False)


class NewAgentLine(NewLine):
    lane = Text(max_length=36, default="public")


class LeftMessage(Strict):
    """`text` may be empty where something was written already; `id`: as with a line."""

    id = Id()
    text = Text(max_length=TEXT_LIMIT, allow_blank=True, trim_whitespace=False, default="")


class SurveyAnswers(Strict):
    """By the keys of the questions: a rating as "1" to "5", a choice in its words, a text. Empty: not answered."""

    answers = s.DictField(child=Text(max_length=4000, allow_blank=True))


class AskedTranscript(Strict):
    """`id`: as with a line; `to`: an e-mail address."""

    id = Id()
    to = Text(allow_blank=True)


class Previous(Strict):
    """An earlier chat of the same contact and a token of it."""

    chat = Id()
    token = Text(max_length=128)


class Start(Strict):
    """`client_id`: a secret UUIDv4 of the browser; `fields`: answers to the pre-chat form by key.

    `message`: leave a message instead of waiting; `previous`: the chat that this one goes on from;
    `page`: the address from which the contact came, for the rules of the routing point;
    `language`: in which the contact reads system lines; empty: the routing point's.
    """

    routing_point = s.SlugField()
    client_id = Id()
    name = Text(max_length=120, allow_blank=True, default="")
    email = s.EmailField(max_length=254, allow_blank=True, default="")
    fields = s.DictField(child=Text(max_length=2000, allow_blank=True), default=dict)
    message = Text(max_length=TEXT_LIMIT, allow_blank=True, trim_whitespace=False, default="")
    previous = Previous(required=False, allow_null=True)
    language = s.ChoiceField(list(LANGUAGES), allow_blank=True, default="")
    page = Text(max_length=PAGE_LIMIT, allow_blank=True, default="")

    def validate_client_id(self, value):
        """Whoever knows it gets into the chat: only random ones will do."""
        if value.version != 4:
            raise s.ValidationError("Must be a random UUID (version 4).")
        return value


class SetStatus(Strict):
    channel = s.ChoiceField(["chat", "voice", "all"], default="chat")
    status = s.ChoiceField([status.value for status in Status])
    reason = Id(required=False, allow_null=True)
    after_last = s.BooleanField(default=False)


class TargetRef(Strict):
    type = s.ChoiceField(TARGETS)
    id = Id()


class Asked(Strict):
    """Either a `target`, or a `consultation`: then its consultant."""

    target = TargetRef(required=False)
    consultation = Id(required=False)
    note = Text(max_length=500, allow_blank=True, default="")

    def validate(self, data):
        if ("target" in data) == ("consultation" in data):
            raise s.ValidationError({"target": ["Name either a target or a consultation."]})
        return data


class Invite(Asked):
    """Who is to join."""


class Consult(Strict):
    """`medium`: in a consultation by instant message the target does not read the contact's transcript."""

    target = TargetRef()
    medium = s.ChoiceField([medium.value for medium in Medium], default=Medium.CHAT.value)
    note = Text(max_length=500, allow_blank=True, default="")


class Transfer(Asked):
    """`version`: the `owner_version` known. `as_message`: the contact agreed to leave a message in that queue."""

    version = Number(min_value=0)
    as_message = s.BooleanField(default=False)

    def validate(self, data):
        data = super().validate(data)
        if data["as_message"] and data.get("target", {}).get("type") not in QUEUES:
            raise s.ValidationError({"as_message": ["Only a queue or a routing point takes messages."]})
        return data


class End(Strict):
    """`version`: the `owner_version` known; `expect`: what the button said; `pass_to`: a party."""

    version = Number(min_value=0)
    expect = s.ChoiceField(["pass", "leave", "close"])
    pass_to = Id(required=False, allow_null=True)


class OwnerVersion(Strict):
    version = Number(min_value=0)


class Disposition(Strict):
    codes = s.ListField(child=Id(), max_length=20)


class Note(Strict):
    text = Text(max_length=5000, allow_blank=True, trim_whitespace=False)


class SetCase(Strict):
    """`expect`: the value that the agent saw before; "" for none."""

    key = Text(max_length=40)
    value = Text(max_length=500, allow_blank=True)
    expect = Text(max_length=500, allow_blank=True, trim_whitespace=False)


class SetTail(Strict):
    """`seconds` more of after-call work; 0 ends it."""

    seconds = Number(min_value=0, max_value=600)


class Nothing(Strict):
    """No body."""


class Beat(Strict):
    """`input`: somebody used a key or the pointer since the last beat."""

    input = s.BooleanField(default=False)


class CallTab(Strict):
    """`tab`: the workspace that carries the sound, as its socket's `hello` named it."""

    tab = Text(max_length=64)


class NewCall(CallTab):
    """`interaction`: what the call is about."""

    agent = Id()
    interaction = Id(required=False, allow_null=True)


class HangUp(Strict):
    why = s.ChoiceField(["hung_up", "not_connected", "microphone", "page", "lost"], default="hung_up")


class Unlock(Strict):
    password = Text(max_length=4096, trim_whitespace=False)


class SetSettings(Strict):
    """Those that are to change; volumes in percent."""

    enter_sends = s.BooleanField(required=False)
    spellcheck = s.BooleanField(required=False)
    notifications = s.BooleanField(required=False)
    sound_offer = s.BooleanField(required=False)
    sound_message = s.BooleanField(required=False)
    sound_left = s.BooleanField(required=False)
    volume_offer = Number(min_value=0, max_value=100, required=False)
    volume_message = Number(min_value=0, max_value=100, required=False)
    volume_left = Number(min_value=0, max_value=100, required=False)
    theme = s.ChoiceField(["system", "light", "dark"], required=False)
    text_size = s.ChoiceField(["normal", "large", "larger"], required=False)


class Automatic(Strict):
    """Who is at the workspace that answers by itself: is its tab visible, and how long ago was the last input?"""

    visible = s.BooleanField()
    idle_seconds = Number(min_value=0)


class Accept(Strict):
    """`automatic`: nobody clicked; refused unless the option holds, its preview is over, and somebody is there."""

    automatic = Automatic(required=False, allow_null=True)


class TargetQuery(Strict):
    """`grouped`: type by type, of each at most `limit`. `cursor`: a `next` that came with the same question.

    `only`: these very targets, as `type:id` with commas; what else was asked is then left aside.
    """

    q = Text(max_length=80, allow_blank=True, default="")
    types = Text(max_length=80, default=",".join(TYPES))
    view = s.ChoiceField(["all", "favourites", "recent", "consultations"], default="all")
    grouped = s.BooleanField(default=False)
    limit = Number(min_value=1, max_value=100, default=30)
    cursor = Text(max_length=1000, required=False)
    only = Text(max_length=5400, required=False)
    interaction = Id(required=False)
    verb = s.ChoiceField(["conference", "consult", "transfer"], required=False)

    def validate_types(self, value) -> list[str]:
        chosen = [name.strip() for name in value.split(",")]
        if unknown := sorted(set(chosen) - set(TYPES)):
            raise s.ValidationError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(TYPES)}.")
        return chosen

    def validate_only(self, value) -> list[tuple]:
        return [self._key(each) for each in value.split(",")]

    def _key(self, text: str) -> tuple:
        type, _, id = text.partition(":")
        if type not in TYPES:
            raise s.ValidationError(f"Write type:id. Known types: {', '.join(TYPES)}.")
        return type, Id().run_validation(id)


class LineQuery(Strict):
    """`after` and `before` are numbers of one `lane`."""

    lane = Text(max_length=36, required=False)
    after = Number(min_value=0, required=False)
    before = Number(min_value=1, required=False)
    limit = Number(min_value=1, max_value=500, default=200)

    def validate(self, data):
        if ("after" in data or "before" in data) and "lane" not in data:
            raise s.ValidationError({"lane": ["Say of which lane the number is."]})
        return data


class HistoryQuery(Strict):
    """`before`: older than this."""

    before = s.DateTimeField(required=False)


class PastQuery(Strict):
    after = Number(min_value=0, default=0)


class InstantMessage(NewLine):
    """`interaction`: the chat that it is about; the writer must be or have been a party of it."""

    interaction = Id(required=False, allow_null=True)


class Mail(Strict):
    """`id`: the client's own UUID of the mail; sending it again is harmless."""

    id = Id(required=False)
    subject = Text(max_length=500, trim_whitespace=False)
    text = Text(max_length=20_000, trim_whitespace=False)


class SeenUpTo(Strict):
    number = Number(min_value=0)


class ConversationQuery(Strict):
    """`cursor`: a `next` that came before."""

    cursor = Text(max_length=200, required=False)
    limit = Number(min_value=1, max_value=100, default=30)


class InstantMessageQuery(Strict):
    """Lines after or before a number; without either the newest."""

    after = Number(min_value=0, required=False)
    before = Number(min_value=1, required=False)
    limit = Number(min_value=1, max_value=300, default=100)

    def validate(self, data):
        if "after" in data and "before" in data:
            raise s.ValidationError({"before": ["Give after or before, not both."]})
        return data


class ContactQuery(Strict):
    """Numbers of public lines: held up to `after`, looked at up to `seen`."""

    after = Number(min_value=0, default=0)
    seen = Number(min_value=0, default=0)
