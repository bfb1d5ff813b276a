"""What an action changed, read from the rows it wrote, for whoever counts from the journal alone.

Every row that an action writes carries the action's time. An action that follows at the very same time tells the same
facts again; each has the id of its row, so whoever counts takes it once.
"""

from collections.abc import Mapping
from datetime import datetime

from interactions.models import Call, Invitation, Message, Party
from interactions.models.disposition import NOT_SET
from interactions.replies import Reply, replies
from interactions.states import Invited, Kind


def of_interaction(picture, channels: Mapping, now: datetime) -> dict:
    """{"facts": {...}} of the chat, its parties, segments and invitations, and of its locked agents; {} without any.

    `channels`: of those whose statuses it may have changed.
    """
    return _told(
        **_chat(picture.interaction, now),
        invited=[_invited(row) for row in picture.invitations if row.created_at == now],
        answered=[_answered(row, picture.interaction) for row in picture.invitations if row.ended_at == now],
        joined=[_joined(party) for party in _agents(picture) if party.joined_at == now],
        left=_left(picture, now),
        done=[_done(row, picture) for row in _segments(picture) if row.done_at == now],
        statuses=_statuses(channels, now),
    )


def of_agents(channels: Mapping, now: datetime) -> dict:
    """The same of an action on agents alone."""
    return _told(statuses=_statuses(channels, now))


def of_call(call: Call, channels: Mapping, now: datetime) -> dict:
    """The same of a call between two agents: who, about which chat, how it stands, why it ended."""
    people = {"caller": _id(call.caller_id), "callee": _id(call.callee_id), "about": _id(call.interaction_id)}
    about = {"call": _id(call.id), **people, "state": str(call.state), "cause": str(call.cause)}
    return _told(calls=[about], statuses=_statuses(channels, now))


def _told(**found) -> dict:
    told = {name: value for name, value in found.items() if value not in ([], None)}
    return {"facts": told} if told else {}


def _chat(interaction, now: datetime) -> dict:
    """`came`: to which address, for which queue; `offline`: as a message. `owner`: a party, or "" for nobody."""
    came = {"point": _id(interaction.routing_point_id), "queue": _id(interaction.queue_id)}
    return {
        "came": came | {"offline": interaction.offline} if interaction.created_at == now else None,
        "owner": _id(interaction.owner_id) or "" if interaction.owner_version == interaction.version else None,
        "cause": interaction.end_cause if interaction.ended_at == now else None,
    }


def _invited(row: Invitation) -> dict:
    target = row.agent_id or row.routing_point_id or row.queue_id or row.group_id or row.skill_id
    about = {"kind": row.kind, "type": row.target_type, "target": _id(target), "by": _id(row.inviter_id)}
    return {"invitation": _id(row.id), **about, **({"queue": _id(row.queue_id)} if row.queue_id else {})}


def _answered(row: Invitation, interaction) -> dict:
    """`through`: whose agents took a chat out of the line."""
    taken = row.kind == Kind.ROUTE and row.state == Invited.ACCEPTED
    through = {"through": _id(interaction.queue_id)} if taken else {}
    return {"invitation": _id(row.id), "state": row.state, **through}


def _joined(party: Party) -> dict:
    return {"party": _id(party.id), "agent": _id(party.agent_id), "kind": party.kind, "by": _id(party.invited_by_id)}


def _left(picture, now: datetime) -> list[dict]:
    gone = [party for party in _agents(picture) if party.left_at == now]
    if not gone:
        return []
    queues = {row.party_id: row.queue_id for row in _segments(picture)}
    written = _replies(picture, gone)
    return [_gone(party, queues.get(party.id), written.get(party.id, Reply())) for party in gone]


def _gone(party: Party, queue, reply: Reply) -> dict:
    """Times in milliseconds. `first`: until their first public line; null where they wrote none."""
    about = {"party": _id(party.id), "cause": party.cause, "queue": _id(queue)}
    return {**about, "first": reply.first, "replies": reply.count, "reply_time": reply.time}


def _replies(picture, gone: list[Party]) -> dict:
    lines = Message.objects.filter(lane=picture.public, kind=Message.TEXT).order_by("number")
    joined = {party.id: party.joined_at for party in gone if party.kind == Party.AGENT}
    return replies(lines.values_list("party_id", "at"), picture.contact.id, joined)


def _done(segment, picture) -> dict:
    """`codes`: the outcome in words, as it stood at this moment."""
    codes = sorted(picture.rows.code_labels[code.id] for code in segment.codes.all())
    codes = codes or ([NOT_SET] if segment.not_set else [])
    return {"party": _id(segment.party_id), "codes": codes, "by_system": segment.closed_by_system}


def _statuses(channels: Mapping, now: datetime) -> list[dict]:
    """The channels whose status this action changed, those that their desk no longer shows, too."""
    return [_status(channel) for held in channels.values() for channel in held if channel.since == now]


def _status(channel) -> dict:
    about = {"channel": channel.channel, "status": channel.status}
    return {"agent": _id(channel.agent_id), **about, "reason": channel.reason.name if channel.reason else ""}


def _agents(picture) -> list[Party]:
    return [party for party in picture.parties if party.agent_id]


def _segments(picture) -> list:
    return picture.rows.segments[picture.interaction.id]


def _id(value) -> str | None:
    return value and str(value)
