"""Calls about the agent themselves."""

from core import leases
from core.errors import NotFound
from interactions import directory, events, frames, models, outline, scopes
from interactions.actions import favourites, locking, presence, settings, status

from . import forms, shapes
from .base import AgentView
from .describe import for_agents

STATUS = ("interactions_open", "call_open")


class Desk(AgentView):
    """The workspace."""

    reads = scopes.CHATS_READ

    @for_agents("desk", frames.Desk)
    def get(self, request):
        """All that the workspace shows; lines are fetched apart."""
        return self.answer(events.desk(self.agent, self.now))


class MyStatus(AgentView):
    """The agent's channel status."""

    writes = scopes.STATUS_WRITE

    @for_agents("me_status", frames.AgentView, errors=(404,), body=forms.SetStatus, conflicts=STATUS)
    def post(self, request):
        """Set the status of a channel, or of all. 409 `interactions_open`, `call_open`: not while logging off."""
        given = self.checked(forms.SetStatus)
        agent = status.set_status(
            self.agent.id,
            given["status"],
            channel=given["channel"],
            reason_id=given.get("reason"),
            after_last=given["after_last"],
            now=self.now,
        )
        return self.answer(events.agent_state(agent))


class MyBeat(AgentView):
    """Presence without a socket."""

    while_locked = True
    writes = scopes.STATUS_WRITE

    @for_agents("me_beat", shapes.Empty, body=forms.Beat)
    def post(self, request):
        """Keep an agent without a socket present for thirty seconds. `input`: somebody is at the workspace."""
        given = self.checked(forms.Beat)
        leases.touch(self.agent.holder, self.now)
        presence.agent_appeared(self.agent.id, self.now)
        if given["input"]:
            locking.touched(self.session, now=self.now)
        return self.answer(shapes.Empty())


class MySettings(AgentView):
    """What the agent chose for their own desk."""

    writes = scopes.STATUS_WRITE

    @for_agents("me_settings", frames.AgentView, body=forms.SetSettings)
    def post(self, request):
        """Change the settings that are named; the others stay. All tabs of the agent get them."""
        agent = settings.choose(self.agent.id, self.checked(forms.SetSettings), now=self.now)
        return self.answer(events.agent_state(agent))


class MyLock(AgentView):
    """The lock of the workspace."""

    while_locked = True
    writes = scopes.OF_SESSION

    @for_agents("me_lock", shapes.Empty, body=forms.Nothing)
    def post(self, request):
        """Lock all workspaces of the agent now; again is harmless."""
        self.checked(forms.Nothing)
        locking.sit_down(self.agent, self.session, now=self.now)
        locking.lock(self.agent.id, now=self.now)
        return self.answer(shapes.Empty())


class MyUnlock(AgentView):
    """The way back into a locked workspace."""

    while_locked = True
    writes = scopes.OF_SESSION

    @for_agents("me_unlock", shapes.Empty, errors=(429,), body=forms.Unlock)
    def post(self, request):
        """Open this session's workspace. 403 `wrong_password`; after ten of them 429 with Retry-After."""
        password = self.checked(forms.Unlock)["password"]
        locking.unlock(self.agent, self.session, password=password, now=self.now)
        return self.answer(shapes.Empty())


class Targets(AgentView):
    """The Team Communicator."""

    reads = scopes.CHATS_READ

    @for_agents("targets", shapes.Targets, errors=(404,), query=forms.TargetQuery)
    def get(self, request):
        """Internal targets with presence and what can be done with each."""
        given = self.checked(forms.TargetQuery, request.query_params.dict())
        chat = {"interaction_id": given.get("interaction"), "now": self.now}
        if "only" in given:
            found = directory.look(self.agent, given["only"], **chat)
        else:
            how = {name: given.get(name) for name in ("types", "view", "grouped", "limit", "cursor")}
            found = directory.search(self.agent, given["q"], **how, **chat)
        return self.answer(shapes.Targets(found.hits, found.next, found.counts))


class DispositionSet(AgentView):
    """Codes that are offered together."""

    reads = scopes.CHATS_READ

    @for_agents("disposition_set", shapes.OutcomeSet, errors=(404,))
    def get(self, request, set):
        """The tree of codes that a rule points to."""
        found = models.DispositionSet.objects.filter(uid=set).first()
        if found is None:
            raise NotFound(message="There is no such set.")
        nodes = [_node(*node[:2]) for node in outline.flat(found.offered())]
        return self.answer(shapes.OutcomeSet(found.uid, found.revision, nodes))


def _node(row, is_folder: bool) -> shapes.OutcomeNode:
    if is_folder:
        return shapes.OutcomeNode(row.id, row.parent_id, "folder", row.name)
    return shapes.OutcomeNode(row.id, row.folder_id, "code", row.name)


class MyFavourite(AgentView):
    """A favourite of the agent's own."""

    writes = scopes.STATUS_WRITE

    @for_agents("favourite_add", shapes.Empty, errors=(404,), body=forms.Nothing)
    def put(self, request, type, target):
        """Keep a target at hand; again is harmless."""
        self.checked(forms.Nothing)
        favourites.add(self.agent, type, target)
        return self.answer(shapes.Empty())

    @for_agents("favourite_remove", shapes.Empty, errors=(404,))
    def delete(self, request, type, target):
        """No longer; again is harmless. Corporate ones stay."""
        favourites.remove(self.agent, type, target)
        return self.answer(shapes.Empty())
