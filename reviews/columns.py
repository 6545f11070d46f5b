"""The columns of the product team's tables: of ideas as they rank now, and as they were when a review was published."""

from collections.abc import Collection
from typing import Any

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, NumberColumn, StatusTagColumn, Table, TitleColumn

from ideas.models.policies import points
from reviews.ranking import RankedIdea
from reviews.terms import number


class WideTable(Table):
    classname = "listing c-wide-listing"

    class Media:
        css = {"all": ["css/admin.css"]}


class TickColumn(BaseColumn):
    """A box to tick for each idea; ideas that are in the review already have none."""

    header_template_name = "reviews/tick_header.html"
    cell_template_name = "reviews/tick_cell.html"

    def __init__(self, *, ticked: Collection[int] = (), taken: Collection[int] = ()) -> None:
        super().__init__("tick", label=_("Choose"), width="1%")
        self.ticked, self.taken = ticked, taken

    def get_cell_context_data(self, instance: RankedIdea, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        pk = instance.idea.pk
        return {**context, "is_ticked": pk in self.ticked, "is_taken": pk in self.taken}


class IdeaColumn(TitleColumn):
    """An idea's title, leading to the idea, and its tags."""

    cell_template_name = "reviews/idea_cell.html"


IDEA = IdeaColumn(
    "idea",
    label=_("Idea"),
    accessor="idea.title",
    get_url=lambda row: row.idea.get_absolute_url(),
    get_title_id=lambda row: f"idea_{row.idea.pk}_title",
)
RANK = Column("rank", label=_("Rank"), width="1%")
FIGURES = [
    NumberColumn("supporters", label=_("Supporters"), accessor="idea.supporter_count"),
    NumberColumn("base_votes", label=_("From before"), accessor="idea.family_base_votes"),
    Column("recent", label=_("Recent"), accessor=lambda row: floatformat(row.recent, 1)),
    NumberColumn("merged", label=_("Merged"), accessor="merged_count"),
    StatusTagColumn("status", label=_("Status"), accessor="idea.status.name", classname="w-whitespace-nowrap"),
]


class FrozenIdeaColumn(TitleColumn):
    """What a snapshot says of an idea: its title, tags, author, and what was merged into it."""

    cell_template_name = "reviews/frozen_cell.html"


class PublishedTable(WideTable):
    """The ideas of a published review."""


def frozen_columns(is_first_format: bool) -> list[Any]:
    """The columns of a published review; the first format has no evidence to lead to."""
    return [
        RANK,
        FrozenIdeaColumn("idea", label=_("Idea"), accessor="title", get_url=_address),
        *([] if is_first_format else [Column("score", label=_("Score"), accessor=_score)]),
        NumberColumn("supporters", label=_("Supporters")),
        NumberColumn("base_votes", label=_("From before")),
        *([] if is_first_format else [Column("previous", label=_("Since the last review"), accessor=_trend)]),
        StatusTagColumn("status", label=_("Status"), accessor="status.name", classname="w-whitespace-nowrap"),
    ]


def _address(idea: dict[str, Any]) -> str:
    if "theme" not in idea:
        return str(idea["path"])
    return reverse("reviews:evidence", args=[idea["review"], idea["rank"]])


def _score(idea: dict[str, Any]) -> str:
    return "–" if idea["score"] is None else number(points(idea["score"]))


def _trend(idea: dict[str, Any]) -> str:
    previous = idea["previous"]
    if previous is None:
        return gettext("new")
    up = previous["rank"] - idea["rank"]
    return f"▲ {up}" if up > 0 else f"▼ {-up}" if up < 0 else "="
