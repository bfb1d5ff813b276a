"""`/api/asyncapi.json`: the sockets described from the very types that the server decodes and encodes with."""

from functools import cache
from typing import get_args

import msgspec
from django.http import HttpRequest, HttpResponse

from .frames import PROTOCOL, AgentFrame, ContactFrame, ToAgent, ToContact

CHANNELS = {
    "agent": ("/ws/agent/", "An agent's tab. Session cookie and exact Origin.", AgentFrame, ToAgent),
    "contact": ("/ws/contact/", "A contact's page. Chat and token in the first frame.", ContactFrame, ToContact),
}
CODES = {
    4400: "protocol: no hello within 5 s, or a bad one",
    4401: "signed out, revoked, or an unknown token",
    4403: "this origin is not allowed, or this person may not see the wallboard",
    4408: "too slow: come again for what was missed",
    4409: "replaced: the same tab opened another socket",
    4412: "restarting: come again, with jitter",
    4423: "the workspace was locked or unlocked: come again, at once",
    4429: "too fast: at most 20 frames a second, 40 at once",
    1009: "a frame above 256 kB",
}


def describe(name: str, address: str, about: str, incoming, outgoing) -> None:
    """One more socket, of an app that stands on this one."""
    CHANNELS[name] = (address, about, incoming, outgoing)


@cache
def document() -> dict:
    """AsyncAPI 3.0 as plain data."""
    frames = {name: kind for _, _, *unions in CHANNELS.values() for union in unions for name, kind in _named(union)}
    _, schemas = msgspec.json.schema_components(frames.values(), ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Parley sockets", "version": str(PROTOCOL), "description": _about()},
        "channels": {name: _channel(*parts) for name, parts in CHANNELS.items()},
        "operations": {key: value for name, parts in CHANNELS.items() for key, value in _operations(name, *parts)},
        "components": {"messages": {name: _message(name, kind) for name, kind in frames.items()}, "schemas": schemas},
    }


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document()), content_type="application/json")


def _about() -> str:
    codes = "\n".join(f"- {code}: {words}" for code, words in CODES.items())
    return f"JSON text frames, one object each. `hello` first, then `welcome`. Close codes:\n{codes}"


def _named(union) -> list[tuple[str, type]]:
    return [(kind.__name__, kind) for kind in get_args(union)]


def _channel(address: str, about: str, incoming, outgoing) -> dict:
    names = [name for union in (incoming, outgoing) for name, _ in _named(union)]
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
    return {"address": address, "description": about, "messages": messages}


def _operations(channel: str, address: str, about: str, incoming, outgoing):
    for action, union in (("receive", incoming), ("send", outgoing)):
        messages = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name, _ in _named(union)]
        yield (
            f"{channel}.{action}",
            {
                "action": action,
                "channel": {"$ref": f"#/channels/{channel}"},
                "messages": messages,
            },
        )


def _message(name: str, kind: type) -> dict:
    tag = kind.__struct_config__.tag
    return {
        "name": tag,
        "title": name,
        "summary": (kind.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }
