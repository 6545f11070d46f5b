"""Boards (Wagtail pages) and the statuses that each gives to its ideas."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from core.site_pages import SitePage
from ideas.admin_forms import BoardForm, ColourChoice
from ideas.origins import origins_in, validate_origins


class IdeaBoardPage(RoutablePageMixin, SitePage):
    """A place for ideas. Its Wagtail privacy is the privacy of all that is proposed on it."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ol", "ul"])
    half_life_days = models.PositiveSmallIntegerField(
        _("half-life of trending"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("In days: a vote counts half as much in Trending as one cast this much later."),
    )

    vote_budget = models.PositiveSmallIntegerField(
        _("votes for each member"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "How many ideas that are open for voting a member can support at once. A vote comes back when voting on "
            "its idea closes. Empty: as many as they like."
        ),
    )
    hides_counts = models.BooleanField(
        _("hide counts until one has voted"),
        default=False,
        help_text=_("Members see how many support an idea once they do themselves. The team always sees it."),
    )

    has_roadmap = models.BooleanField(
        _("has a roadmap"),
        default=True,
        help_text=_("A page with what is planned, what is being worked on and what was shipped last."),
    )
    embed_origins = models.TextField(
        _("sites that may embed the roadmap"),
        blank=True,
        validators=[validate_origins],
        help_text=_(
            "One a line, each with https:// and without a path, such as https://www.example.com. Empty: none. What "
            "they show is what visitors see who are not signed in, so a board that is not public can't be embedded."
        ),
    )

    content_panels: ClassVar[list[Any]] = [
        *SitePage.content_panels,
        FieldPanel("intro"),
        InlinePanel("statuses", label=_("Status"), heading=_("Statuses")),
        MultiFieldPanel(
            [FieldPanel("vote_budget"), FieldPanel("hides_counts"), FieldPanel("half_life_days")], heading=_("Votes")
        ),
        MultiFieldPanel(
            [
                FieldPanel("has_roadmap"),
                FieldPanel("embed_origins"),
                HelpPanel(template="ideas/admin/embed_snippet.html"),
            ],
            heading=_("Roadmap"),
        ),
    ]
    base_form_class = BoardForm
    holds_content: ClassVar[bool] = True
    subpage_types: ClassVar[list[str]] = []
    template = "ideas/idea_board_page.html"

    class Meta:
        verbose_name = _("idea board")
        verbose_name_plural = _("idea boards")

    @path("", name="ideas")
    def ideas_list(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.board_page(request, self)

    @path("new/", name="new")
    def new(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.idea_create(request, self)

    @path("roadmap/", name="roadmap")
    def roadmap(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.roadmap(request, self)

    @property
    def framing_origins(self) -> list[str]:
        """The sites whose pages may hold the roadmap in a frame."""
        return origins_in(self.embed_origins)

    @path("policies/", name="policies")
    def policies(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.board_policies(request, self)

    @property
    def first_status(self) -> Status:
        """What a new idea starts with: the first open status, or the first of all."""
        statuses = list(Status.objects.filter(board=self))
        return next((status for status in statuses if status.kind == Status.Kind.OPEN), statuses[0])

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A board without statuses gets the usual five, and with another half-life its Trending is counted anew."""
        from ideas import tally

        stored = type(self).objects.filter(pk=self.pk).values_list("half_life_days", flat=True).first()
        if not self.statuses.count():
            self.statuses.add(*Status.defaults(self))
        super().save(*args, **kwargs)
        if stored not in (None, self.half_life_days):
            tally.recount_board(self)


class Status(Orderable):
    """How far an idea has come, in a board's own words; the kind says what it means everywhere."""

    class Kind(models.TextChoices):
        OPEN = "open", _("open")
        PLANNED = "planned", _("planned")
        STARTED = "started", _("started")
        SHIPPED = "shipped", _("shipped")
        DECLINED = "declined", _("declined")

    class Colour(models.TextChoices):
        GREY = "grey", _("grey")
        BLUE = "blue", _("blue")
        TEAL = "teal", _("teal")
        GREEN = "green", _("green")
        AMBER = "amber", _("amber")
        RED = "red", _("red")
        PINK = "pink", _("pink")
        VIOLET = "violet", _("violet")

    board = ParentalKey(IdeaBoardPage, on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(_("name"), max_length=40)
    slug = models.SlugField(_("short name"), max_length=40, help_text=_("Used in the board's addresses."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OPEN)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour.choices, default=Colour.GREY)
    accepts_votes = models.BooleanField(_("voting is open"), default=True)

    panels: ClassVar[list[Any]] = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        FieldPanel("colour", widget=ColourChoice),
        FieldPanel("accepts_votes"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [models.UniqueConstraint(fields=["board", "slug"], name="unique_status_slug")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def defaults(cls, board: IdeaBoardPage) -> list[Status]:
        """The statuses of a new board, not yet saved."""
        rows = [
            (_("Open"), "open", cls.Kind.OPEN, True),
            (_("Planned"), "planned", cls.Kind.PLANNED, True),
            (_("In progress"), "in-progress", cls.Kind.STARTED, True),
            (_("Shipped"), "shipped", cls.Kind.SHIPPED, False),
            (_("Declined"), "declined", cls.Kind.DECLINED, False),
        ]
        return [
            cls(
                board=board,
                sort_order=order,
                name=str(name),
                slug=slug,
                kind=kind,
                colour=COLOURS[kind],
                accepts_votes=accepts,
            )
            for order, (name, slug, kind, accepts) in enumerate(rows)
        ]

    def is_in_history(self) -> bool:
        """Whether a line of an idea's history names this status."""
        from ideas.models.statuses import StatusChange

        return StatusChange.objects.filter(Q(old_status=self.pk) | Q(new_status=self.pk)).exists()


# The colour that a status of each kind has until somebody chooses another.
COLOURS = {
    Status.Kind.OPEN: Status.Colour.GREY,
    Status.Kind.PLANNED: Status.Colour.BLUE,
    Status.Kind.STARTED: Status.Colour.AMBER,
    Status.Kind.SHIPPED: Status.Colour.GREEN,
    Status.Kind.DECLINED: Status.Colour.RED,
}
