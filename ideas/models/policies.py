"""Policies: named, versioned ways to rank a board's ideas, and the rankings that were made by them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from ideas.admin_forms import PolicyForm
from ideas.errors import PolicyPublishedError
from ideas.models.boards import IdeaBoardPage
from ideas.models.ideas import Idea
from ideas.querysets import PolicyQuerySet, ScoringQuerySet
from ideas.weights import counts_something

# With weights and multipliers up to this, scores of nine million supporters fit into 64 bits of millionths.
MOST = 100
MILLION = 1_000_000
MOST_COST = 1_000_000
MOST_WORTH = 1_000_000_000_000


def weight(label: Any, default: int, **options: Any) -> models.DecimalField[Any, Any]:
    """A number from 0 to MOST with three decimals."""
    limits = [MinValueValidator(0), MaxValueValidator(MOST)]
    return models.DecimalField(
        label, max_digits=6, decimal_places=3, default=Decimal(default), validators=limits, **options
    )


def number(value: Decimal) -> str:
    """A weight as people write it in their language: 1.5 or 1,5, not 1.500."""
    return number_format(Decimal(f"{Decimal(value).normalize():f}"))


class Policy(ClusterableModel):
    """A ranking as data. An idea's score is

        ( Σ over its supporters of  supporter_weight · importance · segment · 2^(−age ÷ half_life_days)
        + Σ over the distinct organisations among them of  organisation_weight · plan · worth
        + base_weight · its votes from before
        + question_weight · the questions that ask for it )  ÷  (1 + cost ÷ halving_cost).

    Importance, segment, plan and worth are multipliers; the age of a support is the whole days from the supporter's
    first counted vote in the family to the moment of the scoring. Ideas of equal score stand with the newer number
    first. ideas.scoring computes it, docs/explanation/ranking.md explains it.

    A published policy is never changed: it may only be retired, and the next version is a copy.
    """

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("draft")
        PUBLISHED = "published", gettext_lazy("published")
        RETIRED = "retired", gettext_lazy("retired")

    name = models.CharField(gettext_lazy("name"), max_length=60)
    slug = models.SlugField(
        gettext_lazy("short name"),
        max_length=40,
        help_text=gettext_lazy("Used in the boards' addresses. All versions of a policy share it."),
    )
    version = models.PositiveSmallIntegerField(gettext_lazy("version"), default=1, editable=False)
    description = models.TextField(
        gettext_lazy("description"),
        max_length=500,
        blank=True,
        help_text=gettext_lazy("What the policy is for. Everybody who may see a board reads it there."),
    )
    state = models.CharField(
        gettext_lazy("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    published_at = models.DateTimeField(gettext_lazy("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    is_for_all_boards = models.BooleanField(gettext_lazy("for all boards"), default=True)
    boards = ParentalManyToManyField(
        IdeaBoardPage,
        verbose_name=gettext_lazy("boards"),
        blank=True,
        related_name="+",
        help_text=gettext_lazy("Where the policy is not for all boards: those that it ranks."),
    )
    supporter_weight = weight(gettext_lazy("weight of a supporter"), 1)
    unsaid_multiplier = weight(gettext_lazy("importance not said"), 1)
    nice_multiplier = weight(gettext_lazy("nice to have"), 1)
    important_multiplier = weight(gettext_lazy("important"), 1)
    critical_multiplier = weight(gettext_lazy("critical"), 1)
    half_life_days = models.PositiveSmallIntegerField(
        gettext_lazy("half-life"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=gettext_lazy("In days: a supporter counts half as much after each. Empty: age does not matter."),
    )
    organisation_weight = weight(
        gettext_lazy("weight of an organisation"),
        0,
        help_text=gettext_lazy("Added once for each organisation that has a supporter."),
    )
    other_plan_multiplier = weight(
        gettext_lazy("all other plans"), 1, help_text=gettext_lazy("For organisations whose plan is not listed.")
    )
    no_band_multiplier = weight(
        gettext_lazy("worth less, or not known"),
        1,
        help_text=gettext_lazy("For organisations that are worth less than the lowest band begins with."),
    )
    question_weight = weight(
        gettext_lazy("weight of a question"),
        0,
        help_text=gettext_lazy("Added for each question that the team tied to the idea: so many threads ask for it."),
    )
    halving_cost = models.PositiveIntegerField(
        gettext_lazy("cost that halves"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_COST)],
        help_text=gettext_lazy(
            "An idea with this estimate counts half, one with twice this a third. Empty: costs do not matter."
        ),
    )
    assumed_cost = models.PositiveIntegerField(
        gettext_lazy("cost without an estimate"),
        default=0,
        validators=[MaxValueValidator(MOST_COST)],
        help_text=gettext_lazy("What an idea is taken to cost for which nobody gave an estimate."),
    )
    base_weight = weight(gettext_lazy("weight of a vote from before"), 0)
    other_multiplier = weight(
        gettext_lazy("all other segments"),
        1,
        help_text=gettext_lazy("For supporters of segments that are not listed, or of no organisation."),
    )

    objects = PolicyQuerySet.as_manager()

    base_form_class = PolicyForm
    panels: ClassVar[list[Any]] = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description"),
        MultiFieldPanel(
            [FieldPanel("is_for_all_boards"), FieldPanel("boards", widget=CheckboxSelectMultiple)],
            heading=gettext_lazy("Boards"),
        ),
        MultiFieldPanel(
            [FieldPanel("supporter_weight"), FieldPanel("half_life_days")], heading=gettext_lazy("Supporters")
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("critical_multiplier"), FieldPanel("important_multiplier")]),
                FieldRowPanel([FieldPanel("nice_multiplier"), FieldPanel("unsaid_multiplier")]),
            ],
            heading=gettext_lazy("Multiplied by how important it is to them"),
        ),
        MultiFieldPanel(
            [
                InlinePanel("segments", label=gettext_lazy("Segment"), heading=gettext_lazy("Segments")),
                FieldPanel("other_multiplier"),
            ],
            heading=gettext_lazy("Multiplied by the segment of their organisation"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("organisation_weight"),
                InlinePanel(
                    "plans",
                    label=pgettext_lazy("of an organisation", "Plan"),
                    heading=gettext_lazy("Multiplied by their plan"),
                ),
                FieldPanel("other_plan_multiplier"),
                InlinePanel(
                    "bands",
                    label=gettext_lazy("Band"),
                    heading=gettext_lazy("Multiplied by what they are worth in a year"),
                    help_text=gettext_lazy(
                        "Each band begins with a yearly value and ends where the next begins. The lowest comes first."
                    ),
                ),
                FieldPanel("no_band_multiplier"),
            ],
            heading=gettext_lazy("Added for organisations"),
        ),
        MultiFieldPanel(
            [FieldPanel("base_weight"), FieldPanel("question_weight")], heading=gettext_lazy("Added to that")
        ),
        MultiFieldPanel(
            [FieldPanel("halving_cost"), FieldPanel("assumed_cost")], heading=gettext_lazy("Divided by what it costs")
        ),
    ]

    class Meta:
        verbose_name = gettext_lazy("ranking policy")
        verbose_name_plural = gettext_lazy("ranking policies")
        ordering = ["name", "slug", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="unique_policy_version"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, published_by__isnull=True)
                | Q(state__in=["published", "retired"], published_at__isnull=False, published_by__isnull=False),
                name="policy_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(supporter_weight__gt=0)
                | Q(organisation_weight__gt=0)
                | Q(base_weight__gt=0)
                | Q(question_weight__gt=0),
                name="policy_weighs_something",
                violation_error_message=gettext_lazy("At least one weight has to be more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(name)s, version %(version)s") % {"name": self.name, "version": self.version}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises PolicyPublishedError where a policy that is not a draft would say something else."""
        stored = Policy.objects.filter(pk=self.pk).exclude(state=self.State.DRAFT).first()
        if stored and any(getattr(stored, name) != getattr(self, name) for name in FROZEN):
            raise PolicyPublishedError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Drafts only. Raises PolicyPublishedError."""
        check_is_draft(self.pk)
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("policy:edit" if self.is_draft else "policy:inspect", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def importances(self) -> dict[str, Decimal]:
        """The multiplier for each importance that a vote can have."""
        return {
            "critical": self.critical_multiplier,
            "important": self.important_multiplier,
            "nice": self.nice_multiplier,
            "": self.unsaid_multiplier,
        }

    @property
    def weighs_importance(self) -> bool:
        return len(set(self.importances.values())) > 1

    @property
    def weighs_segments(self) -> bool:
        return any(segment.multiplier != self.other_multiplier for segment in self.segments.all())

    @property
    def weighs_plans(self) -> bool:
        return any(plan.multiplier != self.other_plan_multiplier for plan in self.plans.all())

    @property
    def weighs_worth(self) -> bool:
        return any(band.multiplier != self.no_band_multiplier for band in self.bands.all())

    @property
    def counts_something(self) -> bool:
        """Whether any idea can have another score than 0."""
        return counts_something(
            supporter=self.supporter_weight,
            importances=self.importances.values(),
            segments=[self.other_multiplier, *(segment.multiplier for segment in self.segments.all())],
            organisation=self.organisation_weight,
            plans=[self.other_plan_multiplier, *(plan.multiplier for plan in self.plans.all())],
            bands=[self.no_band_multiplier, *(band.multiplier for band in self.bands.all())],
            base=self.base_weight,
            question=self.question_weight,
        )

    def ranked_boards(self) -> models.QuerySet[IdeaBoardPage]:
        boards = IdeaBoardPage.objects.live().order_by("path")
        return boards if self.is_for_all_boards else boards.filter(pk__in=self.boards.values("pk"))

    def applies_to(self, board: IdeaBoardPage) -> bool:
        return self.is_for_all_boards or self.boards.filter(pk=board.pk).exists()

    def explanation(self) -> str:
        """What the policy does, in one paragraph."""
        sentences = []
        if self.supporter_weight:
            sentences.append(
                _("Every supporter of an idea counts %(weight)s.") % {"weight": number(self._common_weight())}
            )
            sentences.extend(self._multipliers())
            if self.half_life_days:
                halves = ngettext(
                    "A vote counts half as much after each day.",
                    "A vote counts half as much when it is %(days)s days old, a quarter at twice that age, and so on.",
                    self.half_life_days,
                )
                sentences.append(halves % {"days": self.half_life_days})
            else:
                sentences.append(_("How old a vote is does not matter."))
        else:
            sentences.append(_("How many people support an idea does not matter."))
        if self.organisation_weight:
            added = _("Each organisation that has a supporter adds %(weight)s, however many they are.")
            sentences.append(added % {"weight": number(self._common_organisation_weight())})
            sentences.extend(self._organisation_multipliers())
        if self.base_weight:
            added = _("Each vote from before, which came without its voter, adds %(weight)s.")
            sentences.append(added % {"weight": number(self.base_weight)})
        else:
            sentences.append(_("Votes from before, which came without their voters, do not count."))
        if self.question_weight:
            added = _("Each question that the team tied to the idea, and everybody may read, adds %(weight)s.")
            sentences.append(added % {"weight": number(self.question_weight)})
        if self.halving_cost:
            sentences.extend(self._division(self.halving_cost))
        sentences.append(_("Of ideas with the same score, the newer one comes first."))
        return " ".join(sentences)

    def _common_weight(self) -> Decimal:
        """What a supporter counts before anything that is not the same for all."""
        weight = self.supporter_weight
        weight *= 1 if self.weighs_importance else self.unsaid_multiplier
        return weight * (1 if self.weighs_segments else self.other_multiplier)

    def _common_organisation_weight(self) -> Decimal:
        weight = self.organisation_weight * (1 if self.weighs_plans else self.other_plan_multiplier)
        return weight * (1 if self.weighs_worth else self.no_band_multiplier)

    def _organisation_multipliers(self) -> list[str]:
        sentences = []
        if self.weighs_plans:
            listed = ", ".join(f"{row.plan} × {number(row.multiplier)}" for row in self.plans.all())
            sentence = _("That is multiplied by its plan: %(listed)s, all others × %(others)s.")
            sentences.append(sentence % {"listed": listed, "others": number(self.other_plan_multiplier)})
        if self.weighs_worth:
            bands = [
                _("from %(value)s × %(multiplier)s")
                % {"value": number_format(row.least, force_grouping=True), "multiplier": number(row.multiplier)}
                for row in self.bands.all()
            ]
            sentence = _("It is multiplied by what it is worth in a year: %(bands)s, less or not known × %(others)s.")
            sentences.append(sentence % {"bands": ", ".join(bands), "others": number(self.no_band_multiplier)})
        return sentences

    def _division(self, halving_cost: int) -> list[str]:
        cost = {"cost": number_format(halving_cost, force_grouping=True)}
        sentence = _("The sum is divided by 1 + cost ÷ %(cost)s: an idea estimated at %(cost)s counts half.") % cost
        if not self.assumed_cost:
            return [sentence, _("Without an estimate it counts in full.")]
        assumed = {"cost": number_format(self.assumed_cost, force_grouping=True)}
        return [sentence, _("Without an estimate it counts as if it were %(cost)s.") % assumed]

    def _multipliers(self) -> list[str]:
        sentences = []
        if self.weighs_importance:
            sentence = _(
                "That is multiplied by how much they need it: %(critical)s for critical, %(important)s for important, "
                "%(nice)s for nice to have, %(unsaid)s where they did not say."
            )
            named = {name or "unsaid": number(multiplier) for name, multiplier in self.importances.items()}
            sentences.append(sentence % named)
        if self.weighs_segments:
            listed = ", ".join(f"{row.segment} × {number(row.multiplier)}" for row in self.segments.all())
            sentence = _("It is multiplied by the segment of their organisation: %(listed)s, all others × %(others)s.")
            sentences.append(sentence % {"listed": listed, "others": number(self.other_multiplier)})
        return sentences


# What a published policy says for good, with its boards and segments.
FROZEN = [
    *("name", "slug", "version", "description", "published_at", "published_by_id", "is_for_all_boards"),
    *("supporter_weight", "unsaid_multiplier", "nice_multiplier", "important_multiplier", "critical_multiplier"),
    *("half_life_days", "organisation_weight", "base_weight", "other_multiplier"),
    *("other_plan_multiplier", "no_band_multiplier", "question_weight", "halving_cost", "assumed_cost"),
]


def check_is_draft(pk: int | None) -> None:
    """Raises PolicyPublishedError where the policy with this id is stored and is not a draft."""
    if Policy.objects.filter(pk=pk).exclude(state=Policy.State.DRAFT).exists():
        raise PolicyPublishedError


class PolicyRow(models.Model):
    """A row of a policy's numbers, which is as fixed as the policy itself."""

    multiplier = weight(gettext_lazy("multiplier"), 1)

    policy_id: int

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        check_is_draft(self.policy_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        check_is_draft(self.policy_id)
        return super().delete(*args, **kwargs)


class PolicySegment(PolicyRow):
    """How a policy multiplies the supporters from organisations of one segment."""

    policy = ParentalKey(Policy, on_delete=models.CASCADE, related_name="segments")
    segment = models.CharField(gettext_lazy("segment"), max_length=40)

    panels: ClassVar[list[Any]] = [FieldRowPanel([FieldPanel("segment"), FieldPanel("multiplier")])]

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(F("policy"), Lower("segment"), name="policy_segment_once")]

    def __str__(self) -> str:
        return self.segment


class PolicyPlan(PolicyRow):
    """How a policy multiplies organisations with one plan."""

    policy = ParentalKey(Policy, on_delete=models.CASCADE, related_name="plans")
    plan = models.CharField(gettext_lazy("plan"), max_length=40)

    panels: ClassVar[list[Any]] = [FieldRowPanel([FieldPanel("plan"), FieldPanel("multiplier")])]

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(F("policy"), Lower("plan"), name="policy_plan_once")]

    def __str__(self) -> str:
        return self.plan


class PolicyBand(PolicyRow):
    """How a policy multiplies organisations that are worth so much in a year, but less than the next band asks for."""

    policy = ParentalKey(Policy, on_delete=models.CASCADE, related_name="bands")
    least = models.PositiveBigIntegerField(gettext_lazy("worth at least"), validators=[MaxValueValidator(MOST_WORTH)])

    panels: ClassVar[list[Any]] = [FieldRowPanel([FieldPanel("least"), FieldPanel("multiplier")])]

    class Meta:
        ordering = ["least"]
        constraints = [models.UniqueConstraint(fields=["policy", "least"], name="policy_band_once")]

    def __str__(self) -> str:
        return str(self.least)


class Scoring(models.Model):
    """A board ranked by a policy, with the votes that were recorded up to a moment.

    Boards show the latest that is complete. `idea_count` is how many ideas have a score in it.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="scorings")
    board = models.ForeignKey(IdeaBoardPage, on_delete=models.CASCADE, related_name="scorings")
    moment = models.DateTimeField()
    computed_at = models.DateTimeField(default=timezone.now)
    is_complete = models.BooleanField(default=False)
    idea_count = models.PositiveIntegerField(default=0)

    objects = ScoringQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["board", "-id"], condition=Q(is_complete=True), name="scoring_complete")]

    def __str__(self) -> str:
        return f"{self.board_id}: {self.policy_id} at {self.moment.isoformat()}"


class IdeaScore(models.Model):
    """An idea's score in a scoring, in millionths: whole numbers are the same on every database."""

    scoring = models.ForeignKey(Scoring, on_delete=models.CASCADE, related_name="scores", db_index=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="scores", db_index=False)
    millionths = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scoring", "idea"], name="one_score_in_scoring")]
        indexes = [models.Index(fields=["scoring", "-millionths", "-idea"], name="score_order")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.points}"

    @property
    def points(self) -> Decimal:
        return points(self.millionths)


def points(millionths: int) -> Decimal:
    """A score as it is shown, with six decimals."""
    return Decimal(millionths).scaleb(-6)
