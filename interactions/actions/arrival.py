"""A contact comes, and leaves."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core.errors import Conflict, Invalid, NotFound
from interactions import events, transcript
from interactions.models import Contact, ContactSession, Interaction, Invitation, Lane, Party, Reader
from interactions.models.contact import digest
from interactions.models.lane import INTERNAL, PUBLIC
from interactions.states import Cause, Kind
from routing import wording
from routing.models import ContactTexts, RoutingPoint
from routing.models.routing_point import ANSWER_LIMIT
from routing.rules import Route, Sample

from .inviting import told
from .joining import close, concerned, say

NICKNAME_LIMIT = 120


def start(
    slug: str,
    *,
    client_id: str,
    name="",
    email="",
    answers=None,
    message="",
    previous=None,
    language="",
    page="",
    now: datetime,
) -> tuple[Interaction, str]:
    """Start a chat, or return to the one that this client already has. Returns it with a fresh token.

    `message`: nobody waits for the answer; the chat is a message left in the queue, taken at any hour.
    `previous`: the contact's earlier interaction, proven by its token: same contact, last agent first.
    `page`: where the contact came from, as their browser says; only rules look at it.
    `language`: the one that the contact reads; "": the routing point's, else English.
    Raises NotFound for an unknown routing point, Invalid for wrong answers, Conflict `closed` outside of the
    opening hours. Emits interaction.started.
    """
    key = digest(client_id)
    said = {"name": name, "email": email, "answers": answers or {}, "message": message}
    arriving = {**said, "previous": previous, "language": language, "page": page}
    try:
        return _return(key, now) or _start(slug, key, now, **arriving)
    except IntegrityError:  # the same client started twice at the same moment: the other one won
        found = _return(key, now)
        if found is None:
            raise
        return found


@transaction.atomic
def _return(key: str, now) -> tuple[Interaction, str] | None:
    found = Interaction.objects.select_for_update().live().filter(client_key=key).first()
    return found and (found, ContactSession.issue(found, now))


@transaction.atomic(durable=True)
def _start(
    slug: str, key: str, now, *, name, email, answers: dict, message: str, previous, language: str, page: str
) -> tuple:
    point = RoutingPoint.objects.filter(slug=slug, active=True).select_related("queue").first()
    if point is None:
        raise NotFound(message="There is no such routing point.")
    language = language or point.language or wording.DEFAULT
    case = _checked(point, answers, wording.PAGE[language])
    contact = _contact(previous, name.strip(), email.strip(), now)
    sample = Sample(at=now, case=case, contact=f"{contact.name} {contact.email}", language=language, page=page)
    queue, route = point.route(sample)
    if not message:
        _must_be_open(queue, language, now)
    interaction = Interaction.objects.create(
        contact=contact,
        client_key=key,
        routing_point=point,
        queue=queue,
        language=language,
        page=page,
        case=case,
        offline=bool(message),
        previous=previous,
        created_at=now,
        waited_since=now,
    )
    interaction = Interaction.lock(interaction.id)
    party = _seat(interaction, interaction.contact, now)
    wait_in(queue, interaction, route=route, preferred=_last_agent(previous), now=now)
    token = ContactSession.issue(interaction, now)
    if message:
        transcript.contact_line(interaction, message, party, now)
    events.record(interaction, "interaction.started", now=now, by="contact", queue=str(queue.id), because=route.because)
    return interaction, token


def _must_be_open(queue, language: str, now) -> None:
    if not queue.is_open(now):
        opening, words = queue.next_opening(now), ContactTexts.objects.for_chat(queue.id, language)
        raise Conflict("closed", words.say("closed"), next_opening=opening and opening.isoformat())


def _contact(previous: Interaction | None, name: str, email: str, now) -> Contact:
    """The contact of the earlier chat, unless they now call themselves otherwise."""
    known = previous and previous.contact
    if known and name.casefold() in ("", known.name.casefold()):
        return known
    return Contact.objects.create(name=name, email=email, created_at=now)


def _last_agent(previous: Interaction | None):
    """Who had the contact's last chat in the end."""
    segment = previous and previous.segments.filter(last_owner=True).select_related("agent").first()
    return segment and segment.agent


def _checked(point: RoutingPoint, answers: dict, words) -> dict:
    """The answers to the point's own fields; unknown, over-long, missing or impossible ones are refused."""
    fields = {field.key: field for field in point.fields.filter(asked=True)}
    wrong = {key: [words["unknown_field"]] for key in answers if key not in fields}
    given = {key: answers[key].strip() for key in answers if key in fields}
    for key, field in fields.items():
        if trouble := _wrong(field, given.get(key, ""), words):
            wrong[key] = [trouble]
    if wrong:
        raise Invalid(message=words["wrong"], **{"fields": wrong})
    return {key: given[key] for key in fields if given.get(key)}


def _wrong(field, answer: str, words) -> str | None:
    if not answer:
        return words["required"] if field.required else None
    mistake = field.mistake(answer)
    return mistake and wording.fill(words[mistake], {"n": ANSWER_LIMIT})


def _seat(interaction, contact: Contact, now) -> Party:
    called = contact.label[:NICKNAME_LIMIT]  # an address may stand in for a name, and be longer
    party = Party.objects.create(interaction=interaction, kind=Party.CONTACT, nickname=called, joined_at=now)
    public = Lane.objects.create(interaction=interaction, name=PUBLIC)
    Lane.objects.create(interaction=interaction, name=INTERNAL)
    Reader.objects.create(party=party, lane=public, start=1)
    return party


def wait_in(
    queue, interaction, *, route: Route | None = None, priority=None, preferred=None, inviter=None, note="", now
) -> Invitation:
    """A place in the queue, by the chat's first arrival. `inviter`, `note`: of who transferred it there.

    `route`: of the routing point that chose the queue. `priority`: the one it had; None: the rule's, else the queue's.
    """
    asked = route.priority if route and priority is None else priority
    return Invitation.objects.create(
        interaction=interaction,
        kind=Kind.ROUTE,
        queue=queue,
        because=told(route),
        unserved=interaction.active_since is None,
        priority=queue.priority if asked is None else asked,
        rises_at=queue.rises_at(now),
        preferred=preferred,
        inviter=inviter,
        note=note,
        created_at=now,
        waited_since=interaction.waited_since,
    )


@transaction.atomic(durable=True)
def leave(interaction_id, *, now: datetime) -> Interaction:
    """The contact leaves; the chat is over for all. Leaving twice changes nothing. Emits contact.left."""
    interaction = Interaction.lock(interaction_id)
    if not interaction.live:
        return interaction.untouched()
    end_by_contact(interaction, Cause.LEFT, "contact_left", now=now)
    events.record(interaction, "contact.left", now=now, by="contact")
    return interaction


def end_by_contact(interaction, cause: Cause, line: str, *, now) -> None:
    party = interaction.parties.get(kind=Party.CONTACT)
    interaction.lock_agents(*concerned(interaction))
    say(interaction, line, party, now)
    close(interaction, cause, by=party, now=now)
