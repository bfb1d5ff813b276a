"""The outcome: which codes a part of a chat may have, who must have one, and what open desks hear of changes."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from agents.models import Site
from interactions import events, outline
from interactions.actions import closing, outcomes, sweep
from interactions.models import DispositionCode, DispositionFolder, DispositionRule, DispositionSet
from interactions.models.disposition import labels
from tests.interactions.steps import happens, leaves_all_alone, refused
from tests.scenes import scene
from tests.support import fresh, party

pytestmark = pytest.mark.django_db
PATHS = ["Resolved", "Billing / Refund / Given", "Billing / Refund / Refused", "Billing / Invoice copy", "Spam"]


@pytest.fixture
@scene
def chat(world):
    return world.handled(world.ana)


@pytest.fixture
@scene
def two(world, chat):
    """Ana owns, Bo is in the conference."""
    return world.conferenced(chat, world.ana, world.bo)


@pytest.fixture
def tree(world):
    made = DispositionSet.objects.create(name="Billing outcomes")
    outcomes.add_codes(made, [outline.read(path) for path in PATHS])
    return made


@pytest.fixture
def rule(world, tree):
    return DispositionRule.objects.create(queue=world.billing, set=tree, required=True, max_codes=2)


@pytest.fixture
def code(rule):
    """A code by its path."""
    found = {path: id for id, path in labels(rule.set.codes.all()).items()}
    return lambda path: DispositionCode.objects.get(pk=found[path])


def choose(world, chat, by, *codes):
    return outcomes.set_disposition(chat.id, [row.id for row in codes], by=by, now=world.clock.tick())


def chosen(chat, by) -> list[str]:
    return [one.name for one in events.snapshot(fresh(chat), by).segment.disposition]


def change(row, **fields):
    """As an administrator does; once it is committed the chats concerned are marked."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        type(row).objects.filter(pk=row.pk).update(**fields)
        row = fresh(row)
        outcomes.rules_changed([outcomes.reach(row)]) if isinstance(row, DispositionRule) else outcomes.revised(row)
    return row


# --- the tree ---------------------------------------------------------------------------------


def test_a_set_is_a_tree_in_the_administrators_order(tree):
    flat = [(node.row.name, node.is_folder) for node in outline.flat(tree.offered())]
    assert flat == [
        ("Resolved", False),
        ("Billing", True),
        ("Refund", True),
        ("Given", False),
        ("Refused", False),
        ("Invoice copy", False),
        ("Spam", False),
    ]
    assert set(labels(tree.codes.all()).values()) == set(PATHS)


def test_folders_without_an_active_code_are_not_offered(tree):
    tree.codes.filter(folder__name="Refund").update(active=False)
    assert "Refund" not in [node.row.name for node in outline.flat(tree.offered())]
    tree.codes.filter(name="Invoice copy").update(active=False)
    assert [node.row.name for node in tree.offered()] == ["Resolved", "Spam"]


def test_codes_are_added_once_whatever_is_there(tree):
    again = [outline.read(line) for line in (*PATHS, "Billing\tRefund\tVoucher", "Billing / Refund / Voucher")]
    assert outcomes.add_codes(tree, again) == 1
    assert (tree.codes.count(), tree.folders.count()) == (6, 2)


def test_thousands_of_codes_keep_their_order(tree):
    written = [f"Code {n}" for n in range(4000)]
    assert outcomes.add_codes(tree, [["Many", name] for name in written]) == 4000
    folder = tree.folders.get(name="Many")
    names = [node.row.name for node in next(node for node in tree.offered() if node.row == folder).inside]
    assert names[:3000] == written[:3000] and set(names) == set(written)


# --- which rule -------------------------------------------------------------------------------


def test_the_most_specific_rule_decides(world, chat, tree):
    rules, segment = DispositionRule.objects, party(chat, world.ana).segment
    assert rules.for_segment(chat, segment) is None
    for place in ({}, {"routing_point": world.point}, {"queue": world.billing}):
        made = rules.create(set=tree, **place)
        assert rules.for_segment(chat, segment) == made
    assert rules.for_chat(world.network.id, world.point.id).place == "Website"
    assert rules.for_chat(None, None).place == "Every other chat"


def test_the_set_is_that_of_the_queue_in_which_they_left(world, chat, rule, code):
    choose(world, chat, world.ana, code("Spam"))
    world.end(chat, world.ana, "close")
    other = DispositionSet.objects.create(name="Network outcomes")
    late = DispositionCode.objects.create(set=other, name="Late")
    DispositionRule.objects.create(queue=world.network, set=other)
    fresh(chat).set(queue=world.network)
    with refused("unknown_code"):
        choose(world, chat, world.ana, late)
    with happens(world, chat, "disposition.set"):
        choose(world, chat, world.ana, code("Resolved"))


def test_codes_of_another_set_do_not_count(world, chat, rule, code):
    """The chat came into a queue with other outcomes after one was chosen."""
    choose(world, chat, world.ana, code("Spam"))
    other = DispositionSet.objects.create(name="Other")
    DispositionCode.objects.create(set=other, name="Late")
    DispositionRule.objects.filter(pk=rule.pk).update(set=other)
    world.end(chat, world.ana, "close")
    with refused("disposition_required"):
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    assert chosen(chat, world.ana) == ["Spam"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_codes": 0},
        {"max_codes": 21},
        {"required": False, "required_of_others": True},
        {"display": "grid"},
        {"routing_point": 1},
    ],
)
def test_the_database_refuses_rules_that_make_no_sense(world, rule, wrong):
    wrong = {"routing_point": world.point} if "routing_point" in wrong else wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        DispositionRule.objects.filter(pk=rule.pk).update(**wrong)


def test_one_name_once_in_a_place_and_one_rule_for_the_site(world, tree, rule):
    folder = DispositionFolder.objects.get(name="Refund")
    DispositionRule.objects.create(set=tree)
    for make in (
        lambda: DispositionCode.objects.create(set=tree, name="Spam"),
        lambda: DispositionCode.objects.create(set=tree, folder=folder, name="Given"),
        lambda: DispositionFolder.objects.create(set=tree, name="Billing"),
        lambda: DispositionFolder.objects.filter(pk=folder.pk).update(parent=folder),
        lambda: DispositionRule.objects.create(set=tree),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


# --- choosing ---------------------------------------------------------------------------------


def test_an_outcome_is_chosen_changed_and_taken_back(world, chat, code):
    for paths in (["Spam"], ["Resolved", "Billing / Refund / Given"], []):
        with happens(world, chat, "disposition.set"):
            choose(world, chat, world.ana, *map(code, paths))
        assert set(chosen(chat, world.ana)) == set(paths)


def test_each_has_an_outcome_of_their_own(world, two, code):
    choose(world, two, world.bo, code("Spam"))
    choose(world, two, world.ana, code("Resolved"))
    assert (chosen(two, world.ana), chosen(two, world.bo)) == (["Resolved"], ["Spam"])


class TestRefused:
    def test_too_many(self, world, chat, code):
        with refused("too_many_codes", "At most 2 dispositions"):
            choose(world, chat, world.ana, code("Spam"), code("Resolved"), code("Billing / Invoice copy"))

    def test_of_another_set(self, world, chat, rule):
        other = DispositionCode.objects.create(set=DispositionSet.objects.create(name="Other"), name="Other")
        with refused("unknown_code"):
            choose(world, chat, world.ana, other)

    def test_unknown(self, world, chat, rule):
        with refused("unknown_code"):
            outcomes.set_disposition(chat.id, [uuid.uuid4()], by=world.ana, now=world.now)

    def test_a_folder(self, world, chat, rule):
        with refused("folder_chosen", "“Refund” is a folder."):
            choose(world, chat, world.ana, DispositionFolder.objects.get(name="Refund"))

    def test_retired(self, world, chat, code):
        DispositionCode.objects.filter(name="Spam").update(active=False)
        with refused("retired_code", "“Spam” is no longer offered."):
            choose(world, chat, world.ana, code("Spam"), code("Resolved"))

    def test_without_a_rule(self, world, chat):
        with refused("no_outcomes"):
            outcomes.set_disposition(chat.id, [uuid.uuid4()], by=world.ana, now=world.now)

    def test_by_outsiders(self, world, chat, code):
        with refused("not_found"):
            choose(world, chat, world.bo, code("Spam"))

    def test_too_early(self, world, chat, rule, code):
        DispositionRule.objects.filter(pk=rule.pk).update(after_only=True)
        with refused("too_early", "after End"):
            choose(world, chat, world.ana, code("Spam"))
        assert events.snapshot(fresh(chat), world.ana).can.disposition == "The disposition is chosen after End."
        world.end(chat, world.ana, "close")
        with happens(world, chat, "disposition.set"):
            choose(world, chat, world.ana, code("Spam"))

    def test_after_mark_done(self, world, chat, code):
        choose(world, chat, world.ana, code("Spam"))
        world.end(chat, world.ana, "close")
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
        with refused("done"):
            choose(world, chat, world.ana, code("Resolved"))


def test_what_is_chosen_may_stay_when_codes_retire_or_the_limit_falls(world, chat, rule, code):
    both = [code("Spam"), code("Resolved")]
    choose(world, chat, world.ana, *both)
    DispositionCode.objects.filter(name="Spam").update(active=False)
    DispositionRule.objects.filter(pk=rule.pk).update(max_codes=1)
    assert set(chosen(chat, world.ana)) == {"Spam", "Resolved"}
    choose(world, chat, world.ana, *both)
    with refused("too_many_codes", "At most one disposition"):
        choose(world, chat, world.ana, code("Spam"), code("Billing / Invoice copy"))
    choose(world, chat, world.ana, code("Spam"))
    assert chosen(chat, world.ana) == ["Spam"]


# --- who must ---------------------------------------------------------------------------------


def test_former_owners_and_helpers_must_where_the_rule_says_so(world, two, rule, code):
    DispositionRule.objects.filter(pk=rule.pk).update(required_of_others=True)
    world.end(two, world.ana, "pass")
    assert events.snapshot(fresh(two), world.ana).segment.rule.required
    with refused("disposition_required"):
        closing.mark_done(two.id, by=world.ana, now=world.clock.tick())
    choose(world, two, world.ana, code("Spam"))
    with happens(world, two, "segment.done"):
        closing.mark_done(two.id, by=world.ana, now=world.clock.tick())


def test_a_set_that_offers_nothing_asks_for_nothing(world, chat, rule):
    rule.set.codes.update(active=False)
    world.end(chat, world.ana, "close")
    assert events.snapshot(fresh(chat), world.ana).segment.rule is None
    with happens(world, chat, "segment.done"):
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())


@pytest.mark.parametrize(
    ("others", "paths", "not_set"), [(True, [], True), (True, ["Spam"], False), (False, [], False)]
)
def test_closed_by_the_system_without_a_code_it_is_not_set(world, two, rule, code, others, paths, not_set):
    DispositionRule.objects.filter(pk=rule.pk).update(required_of_others=others)
    choose(world, two, world.bo, *map(code, paths))
    world.end(two, world.bo, "leave")
    sweep.sweep(world.clock.pass_(1799), steady=False)
    with happens(world, two, "segment.closed"):
        sweep.sweep(world.clock.pass_(1), steady=False)
    segment = party(two, world.bo).segment
    assert (segment.closed_by_system, segment.not_set) == (True, not_set)
    assert events.snapshot(fresh(two), world.bo).segment.not_set == not_set


def test_an_owners_chat_that_closes_by_itself_without_the_code_is_not_set(world, chat, rule):
    Site.objects.update(owner_close=600)
    world.end(chat, world.ana, "close")
    sweep.sweep(world.clock.pass_(599), steady=False)
    with happens(world, chat, "segment.closed"):
        sweep.sweep(world.clock.pass_(1), steady=False)
    segment = party(chat, world.ana).segment
    assert (segment.closed_by_system, segment.not_set, fresh(chat).completed_at) == (True, True, world.now)


def test_who_comes_again_leaves_an_older_part_that_is_not_set(world, two, rule):
    DispositionRule.objects.filter(pk=rule.pk).update(required_of_others=True)
    world.end(two, world.bo, "leave")
    older = party(two, world.bo).segment
    world.conferenced(two, world.ana, world.bo)
    assert (fresh(older).not_set, party(two, world.bo).segment.not_set) == (True, False)


# --- changes while chats are open -------------------------------------------------------------


def test_open_desks_hear_of_a_changed_rule_from_the_engine(world, two, rule):
    change(rule, max_codes=3, display="tree")
    with happens(world, two, "rules.changed"):
        sweep.sweep(world.clock.tick(), steady=False)
    shown = events.snapshot(fresh(two), world.bo).segment.rule
    assert (shown.max, shown.display) == (3, "tree")
    with leaves_all_alone():
        sweep.sweep(world.clock.tick(), steady=False)
        outcomes.refresh(two.id, now=world.now)


def test_a_changed_set_is_a_new_revision(world, chat, rule):
    before = events.snapshot(fresh(chat), world.ana).segment.rule.revision
    change(rule.set)
    with happens(world, chat, "rules.changed"):
        outcomes.refresh(chat.id, now=world.clock.tick())
    assert events.snapshot(fresh(chat), world.ana).segment.rule.revision == before + 1


def test_only_chats_that_the_rule_can_decide_about_are_told(world, chat, rule, tree):
    other = DispositionRule.objects.create(queue=world.network, set=DispositionSet.objects.create(name="Other"))
    change(other, required=True)
    assert not fresh(chat).outdated
    change(DispositionRule.objects.create(routing_point=world.point, set=tree), after_only=True)
    assert fresh(chat).outdated
    fresh(chat).set(outdated=False)
    change(DispositionRule.objects.create(set=tree), after_only=True)
    assert fresh(chat).outdated
    fresh(chat).set(outdated=False)
    world.end(chat, world.ana, "close")
    choose(world, chat, world.ana, tree.codes.first())
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    change(rule, required=False)
    assert not fresh(chat).outdated
