"""Outcomes in the administration: the tree, what keeps a row, rules and their checks."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.checks import run_checks
from django.test import TestCase

from interactions import outline
from interactions.actions import outcomes
from interactions.checks import dispositions, surveys
from interactions.models import DispositionCode, DispositionFolder, DispositionRule, DispositionSet, Survey
from interactions.models.disposition import labels
from tests.backoffice.pages import errors, queries, url
from tests.support import fresh

SET, CODE, FOLDER, RULE = (f"interactions_disposition{kind}" for kind in ("set", "code", "folder", "rule"))


@pytest.fixture
def tree(world):
    made = DispositionSet.objects.create(name="Outcomes")
    outcomes.add_codes(made, [["Resolved"], ["Billing", "Refund", "Given"], ["Billing", "Refund", "Refused"]])
    return made


def row(name: str, kind=DispositionCode):
    return kind.objects.get(name=name)


def rule(**given) -> dict:
    return {"display": "radio", "max_codes": 1} | given


def said(answer) -> str:
    return answer.content.decode()


# --- sets -------------------------------------------------------------------------------------


def test_a_set_is_made_with_its_tree_in_one_go(boss, client, world):
    lines = "Resolved\r\nBilling / Refund / Given\r\n\r\nBilling / Refund / Given\r\nSpam"
    answer = client.post(url(SET, "add"), {"name": "Outcomes", "lines": lines}, follow=True)
    assert "3 codes added, 1 there already." in said(answer)
    assert set(labels(DispositionCode.objects.all()).values()) == {"Resolved", "Billing / Refund / Given", "Spam"}


def test_the_set_shows_its_tree_with_what_is_retired_and_used(boss, client, world, tree):
    chat = world.handled(world.ana)
    chat.segments.get().codes.add(row("Given"))
    DispositionCode.objects.filter(name="Refused").update(active=False)
    page = said(client.get(url(SET, "change", tree.pk)))
    for words in ("Billing", "Refund", "1 chat", "retired", url(CODE, "change", row("Given").pk)):
        assert words in page, words


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("Resolved / Late", "“Resolved” would be a folder and a code at once."),
        ("Billing / Refund", "“Billing / Refund” would be a folder and a code at once."),
        ("Spam\nBilling /  / Given", "Line 2 has an empty name"),
        ("x" * 81, "Line 1: “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…” is longer than 80 letters."),
        ("Spam\n" * 2001, "At most 2000 lines at once."),
    ],
)
def test_lines_that_make_no_tree(lines, words, boss, client, world, tree):
    given = {"name": "Outcomes", "lines": lines}
    assert words in errors(client.post(url(SET, "change", tree.pk), given))
    assert tree.codes.count() == 3


def test_pages_cost_the_same_with_few_and_many_codes(boss, client, world, tree):
    addresses = [url(SET, "change", tree.pk), url(CODE, "changelist"), url(CODE, "change", row("Given").pk)]
    for _ in range(2):  # the first asks for content types
        few = [queries(client, address) for address in addresses]
    outcomes.add_codes(tree, [[f"Folder {n % 9}", f"Inside {n % 5}", f"Code {n}"] for n in range(200)])
    assert [queries(client, address) for address in addresses] == few


# --- codes and folders ------------------------------------------------------------------------


def test_a_code_is_put_elsewhere_renamed_and_retired(boss, client, world, tree):
    given = {"folder": row("Billing", DispositionFolder).pk, "name": "Paid back", "position": 5}
    before = tree.revision
    assert client.post(url(CODE, "change", row("Given").pk), given).status_code == 302
    code = row("Paid back")
    assert (labels([code])[code.pk], code.active) == ("Billing / Paid back", False)
    assert fresh(tree).revision == before + 1, "desks fetch the set anew"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "Refused"}, "already"),
        ({"name": "Billing / Given"}, "write the last name only"),
        ({"name": "Given", "folder": "other"}, "is a folder of another set"),
    ],
)
def test_a_code_that_cannot_be_there(given, words, boss, client, world, tree):
    other = DispositionFolder.objects.create(set=DispositionSet.objects.create(name="Other"), name="Else")
    given = {"folder": row("Refund", DispositionFolder).pk, "position": 0, "set": tree.pk, "active": "on"} | given
    given["folder"] = other.pk if given["folder"] == "other" else given["folder"]
    assert words in errors(client.post(url(CODE, "add"), given))


def test_a_folder_moves_with_all_in_it_but_never_into_itself(boss, client, world, tree):
    billing, refund = row("Billing", DispositionFolder), row("Refund", DispositionFolder)
    given = {"parent": refund.pk, "name": "Billing", "position": 0}
    assert "inside itself" in errors(client.post(url(FOLDER, "change", billing.pk), given))
    given = {"parent": "", "name": "Money back", "position": 0}
    assert client.post(url(FOLDER, "change", refund.pk), given).status_code == 302
    assert labels([row("Given")])[row("Given").pk] == "Money back / Given"


def test_codes_are_retired_together_unless_a_rule_asks_for_one(boss, client, world, tree):
    DispositionRule.objects.create(queue=world.billing, set=tree, required=True)
    chosen = [str(pk) for pk in tree.codes.values_list("pk", flat=True)]
    asked = {"action": "retire", "_selected_action": chosen}
    assert "Leave one code active" in said(client.post(url(CODE), asked, follow=True))
    asked["_selected_action"] = chosen[:2]
    assert "2 codes retired." in said(client.post(url(CODE), asked, follow=True))
    assert "2 codes offered again." in said(client.post(url(CODE), asked | {"action": "offer_again"}, follow=True))
    assert LogEntry.objects.filter(object_id__in=chosen).count() == 4


def test_the_last_active_code_of_a_required_set_stays(boss, client, world, tree):
    tree.codes.exclude(name="Resolved").update(active=False)
    DispositionRule.objects.create(queue=world.billing, set=tree, required=True)
    given = {"folder": "", "name": "Resolved", "position": 0}
    assert "Leave one code active" in errors(client.post(url(CODE, "change", row("Resolved").pk), given))
    assert client.post(url(CODE, "change", row("Resolved").pk), given | {"active": "on"}).status_code == 302


def test_what_is_offered_or_used_stays_in_words(boss, client, world, tree):
    code, sure = row("Resolved"), {"post": "yes"}
    delete = url(CODE, "delete", code.pk)
    assert "Unset Active first" in said(client.post(delete, sure, follow=True))
    chat = world.handled(world.ana)
    chat.segments.get().codes.add(code)
    assert "“Resolved” is the outcome of 1 chat." in said(client.post(delete, sure, follow=True))
    answer = client.post(url(FOLDER, "delete", row("Refund", DispositionFolder).pk), sure, follow=True)
    assert "Refund cannot be deleted: in use by 2 disposition codes." in said(answer)
    answer = client.post(url(SET, "delete", tree.pk), sure, follow=True)
    assert "Outcomes cannot be deleted: in use by" in said(answer)
    DispositionCode.objects.filter(name="Given").update(active=False)
    assert client.post(url(CODE, "delete", row("Given").pk), sure).status_code == 302
    assert not DispositionCode.objects.filter(name="Given").exists()


# --- rules ------------------------------------------------------------------------------------


def test_a_rule_reaches_the_chats_of_its_old_and_its_new_place(boss, client, world, tree):
    chat = world.handled(world.ana)
    made = DispositionRule.objects.create(queue=world.billing, set=tree)
    with TestCase.captureOnCommitCallbacks(execute=True):
        given = rule(queue=world.network.pk, set=tree.pk)
        assert client.post(url(RULE, "change", made.pk), given).status_code == 302
    assert fresh(chat).outdated


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"required": "on"}, "“Outcomes” has no active code"),
        ({"max_codes": 0}, "greater than or equal to 1"),
        ({"max_codes": 21}, "less than or equal to 20"),
        ({"required_of_others": "on"}, "asks the last owner too"),
        ({"queue": "billing", "routing_point": "point"}, "for a queue or for a routing point"),
        ({}, "a rule for every other chat already"),
    ],
)
def test_rules_that_cannot_work(given, words, boss, client, world, tree):
    DispositionRule.objects.create(set=tree)
    tree.codes.update(active=False)
    places = {name: getattr(world, given[name]).pk for name in ("queue", "routing_point") if name in given}
    assert words in errors(client.post(url(RULE, "add"), rule(set=tree.pk) | given | places))


def test_doubts_are_told_when_a_rule_is_saved(boss, client, world, tree):
    outcomes.add_codes(tree, [[f"Code {n}"] for n in range(20)])
    for queue in (world.billing, world.network):
        answer = client.post(url(RULE, "add"), rule(queue=queue.pk, set=tree.pk), follow=True)
        assert f"{queue}: 23 codes in a radio list." in said(answer)
    answer = client.post(url(RULE, "add"), rule(routing_point=world.point.pk, set=tree.pk), follow=True)
    assert "Website: never used" in said(answer)


def test_check_names_what_cannot_work(world, tree):
    DispositionRule.objects.create(queue=world.billing, set=tree, required=True)
    DispositionRule.objects.create(set=tree)
    assert dispositions(databases=["default"]) == dispositions() == []
    tree.codes.update(active=False)
    found = sorted((one.id, one.msg) for one in run_checks(databases=["default"]) if "Disposition rule" in one.msg)
    assert [id for id, _ in found] == ["parley.E003", "parley.W002"]
    assert "Billing: “Outcomes” has no active code, so nobody could choose one" in found[0][1]


def test_check_names_a_survey_that_asks_nothing(boss, client, world):
    survey = Survey.objects.create(name="After billing")
    question = survey.questions.create(key="how", text="How was it?", active=False)
    words = "The survey After billing is active and has no active question"
    assert [one.id for one in run_checks(databases=["default"]) if words in one.msg] == ["parley.W003"]
    assert words in client.get(url("interactions_survey", "change", survey.pk)).content.decode()
    survey.questions.filter(pk=question.pk).update(active=True)
    assert surveys(databases=["default"]) == surveys() == []


def test_a_path_is_read_as_it_is_written_or_pasted():
    assert outline.read(" Billing / Refund\tGiven ") == ["Billing", "Refund", "Given"]
    assert outline.read("Yes/No") == ["Yes/No"]
