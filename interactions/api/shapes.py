"""Answers as JSON Schema for OpenAPI, made from the types that build them."""

import msgspec

from interactions import frames

TEMPLATE = "#/components/schemas/{name}"


def schema(type_) -> dict:
    """A self-contained JSON Schema; parts are written out in place."""
    (out,), parts = msgspec.json.schema_components([type_], ref_template=TEMPLATE)
    return _inline(out, parts)


def _inline(node, parts):
    if isinstance(node, list):
        return [_inline(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(parts[node["$ref"].rsplit("/", 1)[1]], parts)
    return {key: _inline(value, parts) for key, value in node.items()}


def obj(**properties) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties)}


def listed(item: dict, **more) -> dict:
    return obj(results={"type": "array", "items": item}, **more)


UUID = {"type": "string", "format": "uuid"}
STRING = {"type": "string"}
NUMBER = {"type": "integer", "nullable": True}
BOOL = {"type": "boolean"}
CAN = {"oneOf": [BOOL, STRING]}

EMPTY = obj()
DESK = schema(frames.Desk)
INTERACTION = schema(frames.InteractionView)
AGENT = schema(frames.AgentView)
ACK = schema(frames.Ack)
LINES = listed(schema(frames.Line), more=BOOL)
CONTACT_SNAPSHOT = obj(snapshot=schema(frames.ContactView))
CONTACT_CHAT = obj(
    snapshot=schema(frames.ContactView),
    messages={"type": "array", "items": schema(frames.Line)},
    waiting={"oneOf": [schema(frames.Waiting), {"type": "null"}]},
)
STARTED = obj(chat=UUID, token=STRING, state=STRING, position=NUMBER, estimated_wait=NUMBER, staffed=BOOL)
ACCEPTED = obj(interaction=INTERACTION)
INVITED = obj(invitation=schema(frames.PendingView))
PRESENCE = obj(status=STRING, text=STRING, since={"type": "string", "nullable": True}, free={"type": "integer"})
ACTION = obj(verb=STRING, label=STRING, can=CAN)
TARGETS = listed(
    obj(
        type=STRING,
        id=UUID,
        name=STRING,
        nickname=STRING,
        department=STRING,
        me=BOOL,
        presence=PRESENCE,
        actions={"type": "array", "items": ACTION},
    ),
    next={"type": "string", "nullable": True},
)
ROUTING = listed(
    obj(
        at={"type": "string", "format": "date-time"},
        queue=STRING,
        chosen={"type": "string", "nullable": True},
        candidates={"type": "array", "items": obj(agent=UUID, name=STRING, chosen=BOOL, reason=STRING)},
    )
)
