"""What `/api/schema/` and `/api/asyncapi.json` promise, to hold real answers and frames against."""

import json
import re
from functools import cache

import jsonschema
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from interactions import asyncapi

ANYWHERE = {405, 406, 413, 415}
ERROR = {"$ref": "#/components/schemas/Error"}


@cache
def openapi() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))


def operation(method: str, path: str) -> dict:
    template = re.sub(r"<\w+:(\w+)>", r"{\1}", resolve(path).route)
    return openapi()["paths"][f"/{template}"][method.lower()]


def check_answer(method: str, path: str, status: int, data) -> None:
    """The status is documented for this call, and the body has that shape and no field more."""
    if status in ANYWHERE:
        return _validator(json.dumps(ERROR)).validate(data)
    promised = operation(method, path)["responses"]
    assert str(status) in promised, f"{method} {path} answered {status}, which is not documented: {data}"
    if status == 409:
        assert f"`{data['code']}`" in promised["409"]["description"], f"{method} {path}: {data}"
    schema = promised[str(status)]["content"]["application/json"]["schema"]
    _validator(json.dumps(schema)).validate(data)


def check_shape(content: dict, value) -> None:
    """A body or an answer as this part of the document has it."""
    schema = content["application/json"]["schema"]
    errors = [error.message for error in _validator(json.dumps(schema)).iter_errors(value)]
    assert not errors, (schema, errors)


def check_file(method: str, path: str, status: int, kind: str) -> None:
    """The call may answer with such a file, and says so."""
    assert kind in operation(method, path)["responses"][str(status)]["content"], f"{method} {path}"


@cache
def _validator(schema: str):
    components = _closed(openapi()["components"])
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": components})


def check_frame(name: str, frame: dict) -> None:
    """A frame as one of the messages that the server may send on this channel."""
    document = asyncapi.document()
    names = [each["$ref"].rsplit("/", 1)[1] for each in document["operations"][f"{name}.send"]["messages"]]
    messages = document["components"]["messages"]
    (payload,) = [messages[each]["payload"] for each in names if messages[each]["name"] == frame["type"]]
    _frames(json.dumps(payload)).validate(frame)


@cache
def _frames(schema: str):
    components = _closed(json.loads(json.dumps(asyncapi.document()["components"])))
    return jsonschema.Draft202012Validator({**json.loads(schema), "components": components})


def _closed(node):
    """The same schemas, with unknown fields refused: what is not published may not be sent."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
