"""Dispositions: codes in a tree of folders, their sets, and the rules that say where they apply."""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from interactions import outline
from routing.models import Queue, RoutingPoint

NOT_SET = "not set"  # the reserved code: closed by the system although a code was asked for
CODES_LIMIT = 20

plain_name = RegexValidator(
    r"\s/\s|\t", "Folders have rows of their own: write the last name only.", inverse_match=True
)


class DispositionSet(models.Model):
    """Codes that are offered together. `revision` rises with each change of what is offered."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="For administrators, e.g. Billing outcomes.")
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def offered(self) -> list[outline.Node]:
        """The tree that agents choose from."""
        return outline.without_empty(outline.tree(self.folders.all(), self.codes.filter(active=True)))


class DispositionFolder(models.Model):
    """A place in the tree. It cannot be chosen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.ForeignKey(DispositionSet, on_delete=models.PROTECT, related_name="folders")
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="folders",
        verbose_name="inside",
        help_text="Empty: at the top of the set.",
    )
    name = models.CharField(max_length=80, validators=[plain_name], help_text="As agents read it, e.g. Refund.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order among its neighbours, smallest first.")

    class Meta:
        ordering = ["set", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="folder_is_in_its_folder_once"),
            models.UniqueConstraint(fields=["set", "name"], condition=Q(parent=None), name="folder_is_on_top_once"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="folder_is_not_inside_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DispositionCodeQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)


class DispositionCode(models.Model):
    """An outcome that an agent can choose. Retired (not active) it is offered no longer and stays readable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.ForeignKey(DispositionSet, on_delete=models.PROTECT, related_name="codes")
    folder = models.ForeignKey(
        DispositionFolder,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="codes",
        help_text="Empty: at the top of the set.",
    )
    name = models.CharField(max_length=80, validators=[plain_name], help_text="As agents read it, e.g. Resolved.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order among its neighbours, smallest first.")
    active = models.BooleanField(default=True, help_text="Unset to offer it no longer; chats that have it keep it.")

    objects = DispositionCodeQuerySet.as_manager()

    class Meta:
        ordering = ["set", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "name"], name="code_is_in_its_folder_once"),
            models.UniqueConstraint(fields=["set", "name"], condition=Q(folder=None), name="code_is_on_top_once"),
        ]

    def __str__(self) -> str:
        return self.name


def labels(codes) -> dict:
    """{code's id: "Billing / Refund / Given"}; asks for the folders only where a code is in one."""
    codes = list(codes)
    sets = {code.set_id for code in codes if code.folder_id}
    places = outline.paths(DispositionFolder.objects.filter(set__in=sets)) if sets else {}
    return {code.id: outline.BETWEEN.join([*places.get(code.folder_id, []), code.name]) for code in codes}


class DispositionRuleQuerySet(models.QuerySet):
    def for_segment(self, interaction, segment):
        """The rule in force for this part of the chat."""
        return self.for_chat(segment.queue_id or interaction.queue_id, interaction.routing_point_id)

    def for_chat(self, queue_id, routing_point_id):
        """The most specific rule: the queue's, else the routing point's, else the site's, else None."""
        queues, points = ([] if id is None else [id] for id in (queue_id, routing_point_id))
        return most_specific(self.about(queues, points), queue_id, routing_point_id)

    def about(self, queues, routing_points):
        """All rules that can decide about chats in these queues that came to these addresses.

        `offers`: is there an active code in the set?
        """
        site = Q(queue=None, routing_point=None)
        codes = DispositionCode.objects.active().filter(set=OuterRef("set"))
        found = self.filter(Q(queue__in=queues) | Q(routing_point__in=routing_points) | site)
        return found.select_related("set").annotate(offers=Exists(codes))


def most_specific(rules, queue_id, routing_point_id):
    """Of the rules that fit: the queue's, else the routing point's, else the site's."""
    fitting = [rule for rule in rules if rule.fits(queue_id, routing_point_id)]
    return min(fitting, key=DispositionRule.rank, default=None)


class DispositionRule(models.Model):
    """Which codes agents choose from, how, and whether they must: of a queue, of a routing point, or of the site."""

    RADIO, DROPDOWN, TREE = "radio", "dropdown", "tree"
    DISPLAYS = [(RADIO, "Radio list"), (DROPDOWN, "Drop-down list"), (TREE, "Tree with search")]

    queue = models.OneToOneField(
        Queue, null=True, blank=True, on_delete=models.CASCADE, help_text="Chats that are in this queue, e.g. Billing."
    )
    routing_point = models.OneToOneField(
        RoutingPoint,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Chats that came to this address, where their queue has no rule. Both empty: all other chats.",
    )
    set = models.ForeignKey(DispositionSet, on_delete=models.PROTECT, related_name="rules")
    required = models.BooleanField(default=False, help_text="Mark Done is refused to the last owner without a code.")
    required_of_others = models.BooleanField(
        default=False, help_text="To former owners and helpers too; closed by itself, theirs counts as “not set”."
    )
    display = models.CharField(
        max_length=10, choices=DISPLAYS, default=RADIO, help_text="From a dozen codes on a tree is quicker."
    )
    max_codes = models.PositiveSmallIntegerField(
        "at most",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(CODES_LIMIT)],
        help_text="So many codes may be chosen for one chat, e.g. 1.",
    )
    after_only = models.BooleanField(
        "only after the chat", default=False, help_text="Set: chosen after End. Unset: during the chat and after it."
    )

    objects = DispositionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(queue=None, routing_point=None, then=1)), name="one_rule_for_the_site"
            ),
            models.CheckConstraint(condition=Q(queue=None) | Q(routing_point=None), name="rule_is_for_one_place"),
            models.CheckConstraint(
                condition=Q(max_codes__gte=1, max_codes__lte=CODES_LIMIT), name="rule_allows_a_code"
            ),
            models.CheckConstraint(
                condition=Q(required=True) | Q(required_of_others=False), name="rule_asks_the_last_owner_first"
            ),
            models.CheckConstraint(
                condition=Q(display__in=["radio", "dropdown", "tree"]), name="rule_has_a_known_display"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.set}"

    def clean(self):
        if self.required_of_others and not self.required:
            words = "Whoever asks former owners and helpers asks the last owner too."
            raise ValidationError({"required_of_others": words})
        if self.queue_id and self.routing_point_id:
            words = "A rule is for a queue or for a routing point: make a second one."
            raise ValidationError({"routing_point": words})

    @property
    def place(self) -> str:
        return str(self.queue or self.routing_point or "Every other chat")

    def fits(self, queue_id, routing_point_id) -> bool:
        if self.queue_id:
            return self.queue_id == queue_id
        return self.routing_point_id in (None, routing_point_id)

    def rank(self) -> tuple:
        """The smallest is the most specific."""
        return self.queue_id is None, self.routing_point_id is None

    def asks(self, segment) -> bool:
        """Must this segment have a code? While the chat goes on nobody knows who will be its last owner.

        A set that offers nothing asks for nothing: else nobody could ever mark a chat done.
        """
        if not (self.required and self.offers) or segment.consulted:
            return False
        return segment.left_at is None or segment.last_owner or self.required_of_others
