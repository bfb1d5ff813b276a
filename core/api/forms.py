"""Fields and bodies that take nothing they do not know."""

from rest_framework import serializers as s

LARGEST = 2**63 - 1


class Text(s.CharField):
    """A string; a number is none."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(s.UUIDField):
    """A UUID, written with dashes or without."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Number(s.IntegerField):
    """A whole number that a row can hold."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_value": LARGEST, **kwargs})


class Strict(s.Serializer):
    """A body whose every field is known."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise s.ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)
