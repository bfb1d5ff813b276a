"""What requests may hold. Unknown fields are refused."""

from rest_framework import serializers as s

from agents.status import Status
from interactions.frames import TEXT_LIMIT


class Strict(s.Serializer):
    """A body whose every field is known."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise s.ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class Line(Strict):
    """`id`: the client's own UUID of the line; sending it again is harmless."""

    id = s.UUIDField()
    text = s.CharField(max_length=TEXT_LIMIT, trim_whitespace=False)


class AgentLine(Line):
    lane = s.CharField(max_length=36, default="public")


class Start(Strict):
    """`client_id`: a secret UUIDv4 of the browser; `fields`: answers to the pre-chat form by key."""

    routing_point = s.SlugField()
    client_id = s.UUIDField()
    name = s.CharField(max_length=120, allow_blank=True, default="")
    email = s.EmailField(max_length=254, allow_blank=True, default="")
    fields = s.DictField(child=s.CharField(max_length=2000, allow_blank=True), default=dict)


class SetStatus(Strict):
    channel = s.ChoiceField(["chat", "all"], default="chat")
    status = s.ChoiceField([status.value for status in Status])
    reason = s.UUIDField(required=False, allow_null=True)


class TargetRef(Strict):
    type = s.ChoiceField(["agent"])
    id = s.UUIDField()


class Invite(Strict):
    target = TargetRef()
    note = s.CharField(max_length=500, allow_blank=True, default="")


class End(Strict):
    """`version`: the `owner_version` known; `expect`: what the button said; `pass_to`: a party."""

    version = s.IntegerField(min_value=0)
    expect = s.ChoiceField(["pass", "leave", "close"])
    pass_to = s.UUIDField(required=False, allow_null=True)


class OwnerVersion(Strict):
    version = s.IntegerField(min_value=0)


class Disposition(Strict):
    codes = s.ListField(child=s.UUIDField(), max_length=20)


class Note(Strict):
    text = s.CharField(max_length=5000, allow_blank=True, trim_whitespace=False)


class Nothing(Strict):
    """No body."""


class TargetQuery(s.Serializer):
    q = s.CharField(max_length=80, allow_blank=True, default="")
    types = s.CharField(max_length=80, default="agent")
    interaction = s.UUIDField(required=False)
    verb = s.ChoiceField(["conference"], default="conference")


class LineQuery(s.Serializer):
    """`after` and `before` are numbers of one `lane`."""

    lane = s.CharField(max_length=36, required=False)
    after = s.IntegerField(min_value=0, required=False)
    before = s.IntegerField(min_value=1, required=False)
    limit = s.IntegerField(min_value=1, max_value=500, default=200)

    def validate(self, data):
        if ("after" in data or "before" in data) and "lane" not in data:
            raise s.ValidationError({"lane": ["Say of which lane the number is."]})
        return data


class ContactQuery(s.Serializer):
    after = s.IntegerField(min_value=0, default=0)
