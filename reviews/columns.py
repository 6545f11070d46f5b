"""The columns of the product team's tables: of ideas as they rank now, and as they were when a review was published."""

from collections.abc import Collection
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, NumberColumn, StatusTagColumn, Table, TitleColumn

from reviews.ranking import RankedIdea


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


class RemoveColumn(BaseColumn):
    """A button that takes the idea out of the draft; the table stands inside the form that it sends."""

    header_template_name = "reviews/remove_header.html"
    cell_template_name = "reviews/remove_cell.html"

    def __init__(self) -> None:
        super().__init__("remove", label=_("Remove"))


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


FROZEN = [
    RANK,
    FrozenIdeaColumn("idea", label=_("Idea"), accessor="title", get_url=lambda idea: idea["path"]),
    NumberColumn("supporters", label=_("Supporters")),
    NumberColumn("base_votes", label=_("From before")),
    StatusTagColumn("status", label=_("Status"), accessor="status.name", classname="w-whitespace-nowrap"),
]
