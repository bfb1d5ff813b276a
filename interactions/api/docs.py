"""`/api/docs/`: the published schemas as one page to read. Plain HTML, so that it lives with the strictest policy."""

import json
from functools import cache

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from interactions import asyncapi

TAGS = {
    "contacts": ("Calls of contacts", "Starting a chat needs nothing; all else the token that the start gave."),
    "agents": (
        "Calls of agents",
        "The session cookie of the log-in page, and X-CSRFToken with what changes something; or an API token.",
    ),
    "reports": (
        "Reports, wallboard, feed",
        "For supervisors and staff, with the session cookie of the log-in page, or an API token.",
    ),
}


@csp_update({"script-src": "'none'"})
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every call and every frame, with what it takes and what it answers."""
    return render(request, "api.html", contents())


@cache
def contents() -> dict:
    """The page's parts, from the OpenAPI and the AsyncAPI document."""
    openapi, sockets = SchemaGenerator().get_schema(request=None, public=True), asyncapi.document()
    schemas = openapi["components"]["schemas"] | sockets["components"]["schemas"]
    calls = [_call(path, method, it) for path, ways in openapi["paths"].items() for method, it in ways.items()]
    return {
        "groups": [(*words, [call for call in calls if call["tag"] == tag]) for tag, words in TAGS.items()],
        "channels": [_channel(sockets, name) for name in sockets["channels"]],
        "close_codes": sorted(asyncapi.CODES.items()),
        "shapes": [_shape(name, schema) for name, schema in sorted(schemas.items())],
    }


def _call(path: str, method: str, it: dict) -> dict:
    return {
        "id": it["operationId"],
        "tag": it["tags"][0],
        "method": method.upper(),
        "path": path,
        "about": _prose(it.get("description", "")),
        "scope": next((scope for way in it.get("security", ()) for scope in way.get("apiToken", ())), ""),
        "parameters": [_parameter(one) for one in it.get("parameters", ())],
        "body": _type(_content(it.get("requestBody", {}))),
        "sent": _example(it.get("requestBody", {})),
        "answered": next(
            (_example(it["responses"][code]) for code in ("200", "201", "202") if code in it["responses"]), ""
        ),
        "answers": [_answer(code, one) for code, one in sorted(it["responses"].items())],
    }


def _parameter(one: dict) -> dict:
    return {"name": one["name"], "place": one["in"], "required": one.get("required"), "type": _type(one["schema"])}


def _answer(code: str, one: dict) -> dict:
    return {"code": code, "about": _prose(one.get("description", "")), "type": _type(_content(one))}


def _example(holder: dict) -> str:
    """As one would write it; "" for none, or for nothing in it."""
    examples = next(iter(holder.get("content", {}).values()), {}).get("examples", {})
    value = next(iter(examples.values()), {}).get("value")
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


def _content(holder: dict) -> dict:
    return next(iter(holder.get("content", {}).values()), {}).get("schema", {})


def _channel(sockets: dict, name: str) -> dict:
    channel = sockets["channels"][name]
    ways = [("What the client sends", f"{name}.receive"), ("What the server sends", f"{name}.send")]
    return {
        "address": channel["address"],
        "about": _prose(channel["description"]),
        "ways": [
            (words, [_frame(sockets, each) for each in sockets["operations"][key]["messages"]]) for words, key in ways
        ],
    }


def _frame(sockets: dict, pointer: dict) -> dict:
    message = sockets["components"]["messages"][_name(pointer)]
    return {"tag": message["name"], "about": _prose(message["summary"]), "type": _type(message["payload"])}


def _shape(name: str, schema: dict) -> dict:
    required = schema.get("required", ())
    fields = [
        {"name": key, "type": _type(value), "required": key in required}
        for key, value in schema.get("properties", {}).items()
    ]
    return {"name": name, "about": _prose(schema.get("description", "")), "fields": fields, "type": _type(schema)}


def _prose(text: str) -> list[tuple[str, bool]]:
    """Text in pieces: (words, are they code). What stands between backticks is."""
    return [(piece, bool(index % 2)) for index, piece in enumerate(text.split("`"))]


def _type(schema: dict) -> list[tuple[str, str]]:
    """A type as pieces of text: (words, name of the shape they lead to or "")."""
    if "$ref" in schema:
        return [(_name(schema), _name(schema))]
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _joined(_type(part) for part in parts)
    if "enum" in schema:
        return [(" | ".join(str(value) for value in schema["enum"]), "")]
    if schema.get("type") == "array":
        return [("list of ", ""), *_type(schema["items"])]
    if isinstance(schema.get("additionalProperties"), dict):
        return [("values: ", ""), *_type(schema["additionalProperties"])]
    return [(_simple(schema), "")] if schema else []


def _simple(schema: dict) -> str:
    kind = schema.get("type", "anything")
    words = " | ".join(kind) if isinstance(kind, list) else kind
    limits = {"format": "{}", "maxLength": "at most {} characters", "minimum": "from {}", "pattern": "like {}"}
    notes = [words.format(schema[key]) for key, words in limits.items() if key in schema]
    return f"{words} ({', '.join(notes)})" if notes else words


def _joined(parts) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for part in parts:
        joined += [*([(" | ", "")] if joined else []), *part]
    return joined


def _name(pointer: dict) -> str:
    return pointer["$ref"].rsplit("/", 1)[1]
