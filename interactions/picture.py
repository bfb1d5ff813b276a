"""One interaction with all its rows, and what each audience may see of it."""

from functools import cached_property

from agents import titles
from agents.models import Site

from . import ending, mail_rules, permissions, surveys
from .frames import (
    TEXT_LIMIT,
    CaseItem,
    ConsultationView,
    ContactAgent,
    ContactTexts,
    ContactTranscript,
    ContactView,
    EarlierView,
    InteractionView,
    LaneView,
    MailView,
    Named,
    Outcome,
    OutcomeRule,
    PartyView,
    PendingView,
    SegmentView,
    SurveyAsks,
    SurveyView,
    Target,
    Verbs,
)
from .models import DispositionRule, Party
from .models.lane import PUBLIC
from .rows import Rows
from .states import Kind, State


class Picture:
    """The rows of one interaction, shared by the views of all audiences; `rows` may hold those of others too."""

    def __init__(self, interaction, rows: Rows | None = None):
        self.interaction = interaction
        self.rows = rows or Rows([interaction])

    @property
    def site(self) -> Site:
        return self.rows.site

    @property
    def parties(self) -> list[Party]:
        return self.rows.parties[self.interaction.id]

    @property
    def lanes(self) -> list:
        return self.rows.lanes[self.interaction.id]

    @property
    def readers(self) -> dict:
        return self.rows.readers

    @property
    def pending(self) -> list:
        return self.rows.pending[self.interaction.id]

    @property
    def invitations(self) -> list:
        """What is open, and what the action made or ended whose picture this is."""
        return self.rows.invitations[self.interaction.id]

    @property
    def rings(self) -> list:
        """Theirs: what rings, and what the action ended."""
        return [ring for invitation in self.invitations for ring in self.rows.rings[invitation.id]]

    @property
    def consultations(self) -> list:
        return self.rows.consultations[self.interaction.id]

    @cached_property
    def by_id(self) -> dict:
        return {party.id: party for party in self.parties}

    @cached_property
    def contact(self) -> Party:
        return next(party for party in self.parties if party.kind == Party.CONTACT)

    @cached_property
    def public(self):
        """The public lane."""
        return next(lane for lane in self.lanes if lane.name == PUBLIC)

    @cached_property
    def here(self) -> list[Party]:
        """The agents who are in the chat, longest first."""
        return [party for party in self.parties if party.in_chat and party.left_at is None]

    @cached_property
    def segments(self) -> dict:
        """{agent id: latest Segment}."""
        return {segment.agent_id: segment for segment in self.rows.segments[self.interaction.id]}

    @cached_property
    def message_offered(self) -> bool:
        """Was the contact, who waits, offered to leave a message instead?"""
        return any(invitation.message_offered_at for invitation in self.pending if invitation.kind == "route")

    @cached_property
    def invited(self) -> set:
        """Ids of the agents who are asked to join: by name, or as the next of a pool."""
        rings = {ring.agent_id for ring in self.rings if not ring.outcome}
        return rings | {invitation.agent_id for invitation in self.pending if invitation.agent_id}

    @property
    def joining(self) -> list:
        """The open invitations that bring somebody into the chat."""
        return [invitation for invitation in self.pending if invitation.kind in (Kind.CONFERENCE, Kind.TRANSFER)]

    def asked(self, kind) -> set:
        """The pools whose agents are asked for the same."""
        return {invitation.pool for invitation in self.pending if invitation.kind == kind}

    @cached_property
    def consulted(self) -> set:
        """Ids of the agents who are consulted on this chat."""
        return {each.consultant.agent_id for each in self.consultations if each.active}

    @cached_property
    def seats(self) -> int:
        """Parties here and open invitations to join them."""
        added = [invitation for invitation in self.pending if invitation.adds_party]
        return len(self.here) + (self.contact.left_at is None) + len(added)

    @cached_property
    def case(self) -> list[CaseItem]:
        """What is known, and what agents may fill in."""
        held, fields = self.interaction.case, self.rows.fields[self.interaction.routing_point_id]
        known = [_case_item(field, held.get(key, "")) for key, field in fields.items() if key in held or field.editable]
        return known + [CaseItem(key, key, value) for key, value in held.items() if key not in fields]

    @property
    def title(self) -> str:
        """What the chat's window is called."""
        chat = self.interaction
        own = {
            "contact": chat.contact.label,
            "queue": chat.queue and chat.queue.name,
            "routing_point": chat.routing_point.name,
        }
        return titles.written(chat.option("window_title", self.site), chat.case | own) or chat.contact.label

    @property
    def previewed(self) -> list[CaseItem]:
        """What the Interaction Preview shows of it."""
        if not self.interaction.case:
            return []
        fields = self.rows.fields[self.interaction.routing_point_id]
        return [item for item in self.case if item.value and (item.key not in fields or fields[item.key].preview)]

    def rule(self, segment) -> DispositionRule | None:
        return self.rows.rule(segment.queue_id or self.interaction.queue_id, self.interaction.routing_point_id)

    def connected_others(self, party: Party) -> list[Party]:
        """The other agents here whose connection stands, longest first."""
        return [other for other in self.here if other.id != party.id and other.away_since is None]


def agent_view(picture: Picture, agent, *, cls=InteractionView, **extra) -> InteractionView:
    """The interaction as this agent may see it; after they left, up to what they could read."""
    interaction, segment = picture.interaction, picture.segments[agent.id]
    my = picture.by_id[segment.party_id]
    readers = picture.readers[my.id]
    shared = {reader.lane_id for reader in readers if reader.until is None}
    return cls(
        id=interaction.id,
        version=interaction.version,
        state=interaction.state,
        offline=interaction.offline,
        my=my.id,
        owner=interaction.owner_id,
        owner_version=interaction.owner_version,
        title=picture.title,
        contact=Named(interaction.contact_id, interaction.contact.label),
        email=interaction.contact.email,
        queue=interaction.queue and Named(interaction.queue_id, interaction.queue.name),
        routing_point=Named(interaction.routing_point_id, interaction.routing_point.name),
        created_at=interaction.created_at,
        waited_since=interaction.waited_since,
        active_since=interaction.active_since,
        ended_at=interaction.ended_at,
        parties=[_party(picture, my, party, shared) for party in picture.parties],
        lanes=[_lane(picture, reader) for reader in readers],
        invitations=[pending_view(picture, my, invitation) for invitation in picture.pending],
        consultations=[_consultation(picture, my, each) for each in picture.consultations],
        case=picture.case,
        segment=_segment(picture, segment),
        earlier=[_earlier(picture, row) for row in picture.rows.segments[interaction.id] if _is_earlier(row, segment)],
        mails=mails_view(picture, my.agent),
        end=_end(picture, my),
        can=_verbs(picture, my, segment),
        **extra,
    )


def _case_item(field, value: str) -> CaseItem:
    return CaseItem(field.key, field.label, value, field.type, field.answers(), field.editable)


def _party(picture: Picture, my: Party, party: Party, shared: set) -> PartyView:
    """`shared`: the lanes in which the reader sees how far others got."""
    marked = picture.readers[party.id]
    if party.id != my.id:
        marked = [reader for reader in marked if reader.lane_id in shared and not reader.along]
    return PartyView(
        id=party.id,
        kind=party.kind,
        agent=party.agent_id,
        nickname=party.nickname,
        department=party.department,
        role=_role(picture, party),
        connection=_connection(party),
        joined_at=party.joined_at,
        left_at=party.left_at,
        invited_by=party.invited_by_id,
        seen={reader.lane.name: reader.seen for reader in marked},
        delivered={reader.lane.name: reader.delivered for reader in marked},
        delete=permissions.can(permissions.can_remove(picture.interaction, my, party)),
        call=permissions.can(permissions.can_call_party(picture.interaction, my, party)),
        message=permissions.can(_can_message(my.agent, party)),
        mail=permissions.can(mail_rules.can_mail(picture.interaction, my.agent, picture.segments[my.agent_id], party)),
    )


def _can_message(agent, party: Party) -> permissions.Refusal:
    return permissions.can_message(agent, party.agent) if party.agent_id else permissions.ONLY_AGENTS


def mails_view(picture: Picture, agent) -> list[MailView]:
    """The mails about the chat that this agent may see, the oldest first."""
    segments = [row for row in picture.rows.segments[picture.interaction.id] if row.agent_id == agent.id]
    mails = picture.rows.mails[picture.interaction.id]
    return [mail_view(mail, agent) for mail in mails if mail_rules.sees_mail(mail, agent, segments)]


def mail_view(mail, agent) -> MailView:
    return MailView(
        id=mail.id,
        party=mail.party_id,
        to=mail.party.nickname,
        by=mail.author and mail.author.nickname,
        subject=mail.subject,
        state=mail.state,
        problem=mail.problem,
        at=mail.created_at,
        sent_at=mail.sent_at,
        next_at=mail.next_at,
        retry=permissions.can(mail_rules.can_retry(agent, mail)),
    )


def _role(picture: Picture, party: Party) -> str:
    if party.kind in (Party.CONTACT, Party.CONSULTANT):
        return party.kind
    return "owner" if party.id == picture.interaction.owner_id else "conference"


def _connection(party: Party) -> str:
    if party.left_at:
        return "ended"
    return "away" if party.away_since else "connected"


def _lane(picture: Picture, reader) -> LaneView:
    open_here = reader.until is None and picture.interaction.state != State.ENDED
    unanswered = reader.lane.unanswered_since if open_here and reader.lane.name == PUBLIC else None
    write = permissions.can(permissions.can_write(picture.interaction, reader))
    return LaneView(reader.lane.name, reader.start, reader.head(), reader.seen, write, unanswered)


def pending_view(picture: Picture, my: Party, invitation) -> PendingView:
    """An open invitation as a party of the chat sees it."""
    ring = next((ring for ring in picture.rows.rings[invitation.id] if not ring.outcome), None)
    return PendingView(
        id=invitation.id,
        kind=invitation.kind,
        medium=invitation.medium or None,
        consultation=invitation.consultation_id,
        state=invitation.state,
        target=Target(invitation.target_type, invitation.target.id, invitation.target_name),
        by=invitation.inviter_id,
        ringing_at=ring and ring.agent.nickname,
        since=ring.started_at if ring else invitation.created_at,
        expires_at=ring and ring.expires_at,
        cancel=permissions.can(permissions.can_cancel(picture.interaction, invitation, my)),
        transfer=permissions.can(permissions.can_make_transfer(invitation, my) or _can_transfer(picture, my)),
    )


def _consultation(picture: Picture, my: Party, consultation) -> ConsultationView:
    ask = permissions.can_ask_consultant(consultation, my, picture)
    return ConsultationView(
        id=consultation.id,
        medium=consultation.medium,
        state="active" if consultation.active else "ended",
        requester=consultation.requester_id,
        consultant=consultation.consultant_id,
        mine=any(reader.lane_id == consultation.lane_id for reader in picture.readers[my.id]),
        started_at=consultation.started_at,
        ended_at=consultation.ended_at,
        cause=consultation.cause or None,
        end=permissions.can(permissions.can_end_consultation(consultation, my)),
        conference=permissions.can(ask or _can_conference(picture, my, "agent")),
        transfer=permissions.can(ask or _can_transfer(picture, my, "agent")),
    )


def _can_conference(picture: Picture, my: Party, target: str | None = None) -> permissions.Refusal:
    refusal = permissions.can_conference(picture.interaction, my, picture.seats, picture.site)
    return refusal or permissions.may_ask(my.agent, Kind.CONFERENCE, target)


def _can_transfer(picture: Picture, my: Party, target: str | None = None) -> permissions.Refusal:
    refusal = permissions.can_transfer(picture.interaction, my, picture)
    return refusal or permissions.may_ask(my.agent, Kind.TRANSFER, target)


def _can_consult(picture: Picture, my: Party) -> permissions.Refusal:
    return permissions.can_consult(picture.interaction, my) or permissions.may_consult(my.agent)


def _segment(picture: Picture, segment) -> SegmentView:
    return SegmentView(
        joined_at=segment.joined_at,
        left_at=segment.left_at,
        disposition=[Outcome(code.id, picture.rows.code_labels[code.id], code.set.uid) for code in segment.codes.all()],
        not_set=segment.not_set,
        rule=_outcome_rule(picture.rule(segment), segment),
        note=segment.note,
        slot_until=segment.slot_until,
        closes_at=segment.closes_at(picture.interaction, picture.site),
    )


def _is_earlier(row, segment) -> bool:
    return row.agent_id == segment.agent_id and row.pk != segment.pk


def _earlier(picture: Picture, segment) -> EarlierView:
    labels = [picture.rows.code_labels[code.id] for code in segment.codes.all()]
    return EarlierView(segment.joined_at, segment.left_at, labels, segment.note)


def _outcome_rule(rule: DispositionRule | None, segment) -> OutcomeRule | None:
    if rule is None or not rule.offers:
        return None
    codes = rule.set
    return OutcomeRule(codes.uid, codes.revision, rule.asks(segment), rule.display, rule.max_codes, rule.after_only)


def _end(picture: Picture, my: Party):
    interaction = picture.interaction
    if my.left_at or not my.in_chat or interaction.state != State.ACTIVE:
        return None
    owner = picture.by_id[interaction.owner_id]
    return ending.offer(my, owner, picture.connected_others(my), interaction.contact.label)


def _verbs(picture: Picture, my: Party, segment) -> Verbs:
    write = permissions.can(permissions.can_take_part(picture.interaction, my))
    edit = permissions.can(permissions.can_edit(segment))
    rule = picture.rule(segment)
    return Verbs(
        public=write,
        internal=write,
        conference=permissions.can(_can_conference(picture, my)),
        consult=permissions.can(_can_consult(picture, my)),
        transfer=permissions.can(_can_transfer(picture, my)),
        end=permissions.can(permissions.can_end(picture.interaction, my)),
        disposition=permissions.can(permissions.can_choose(segment, rule)),
        history=permissions.can(permissions.can_read_history(my.agent, segment)),
        note=edit,
        done=permissions.can(permissions.can_finish(segment, rule, len(segment.chosen(rule)))),
    )


def contact_view(picture: Picture, *, cls=ContactView) -> ContactView:
    """The chat as the contact may see it: nothing else is ever built for them."""
    interaction, me = picture.interaction, picture.contact
    return cls(
        id=interaction.id,
        state=interaction.state,
        offline=interaction.offline,
        public_version=interaction.public_version,
        number=picture.public.head,
        me=me.id,
        name=interaction.contact.name,
        agents=[_for_contact(picture, party) for party in picture.parties if party.in_chat],
        text_limit=TEXT_LIMIT,
        texts=_texts(interaction),
        message_offered=interaction.state == State.WAITING and not interaction.offline and picture.message_offered,
        survey=_survey(picture) if surveys.is_asked(interaction) else None,
        transcript=_transcript(picture),
    )


def _survey(picture: Picture) -> SurveyView | None:
    if reply := picture.rows.replies.get(picture.interaction.id):
        return SurveyView(reply.survey.id, reply.survey.title, [], reply.survey.thanks)
    survey = surveys.survey_of(picture.interaction, picture.rows.surveys)
    return survey and SurveyView(survey.id, survey.title, [_question(each) for each in survey.asks], "")


def _question(row) -> SurveyAsks:
    return SurveyAsks(row.key, row.text, row.kind, row.answers(), row.required)


def _transcript(picture: Picture) -> ContactTranscript | None:
    interaction = picture.interaction
    if not interaction.live and mail_rules.offers_transcript(interaction, picture.site) is None:
        asked = [mail for mail in picture.rows.mails[interaction.id] if mail.is_transcript]
        last = asked[-1] if asked else None
        left = mail_rules.TRANSCRIPTS - len(asked)
        return ContactTranscript(interaction.contact.email, left, last and last.to, last and last.state)
    return None


def _texts(interaction) -> ContactTexts:
    words = interaction.wording
    title = words.say("title", title=interaction.routing_point.title)
    told = {key: words.say(key) for key in ("waiting", "unstaffed", "offer")}
    return ContactTexts(title=title, message=words.say("message_left"), **told)


def _for_contact(picture: Picture, party: Party) -> ContactAgent:
    public = next((reader for reader in picture.readers[party.id] if reader.lane.name == PUBLIC), None)
    return ContactAgent(
        party=party.id,
        nickname=party.nickname,
        group=party.department,
        connection=_connection(party),
        seen=public.seen if public else 0,
        delivered=public.delivered if public else 0,
    )
