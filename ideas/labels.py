"""The tags of many ideas at once, as lists show them."""

from collections.abc import Iterable

from community.shown import Label
from core.readings import Reading
from ideas.models import Idea, TaggedIdea

_tags = Reading(
    lambda ideas: (
        TaggedIdea.objects.filter(content_object__in=ideas)
        .order_by("pk")
        .values_list("content_object", "tag__name", "tag__slug")
    )
)


def labels_on(ideas: Iterable[Idea]) -> dict[int, tuple[Label, ...]]:
    """The tags of each of these ideas, by its id, in one query."""
    found: dict[int, tuple[Label, ...]] = {idea.pk: () for idea in ideas}
    for idea, name, slug in _tags.ask(ideas=found):
        found[idea] += (Label(name, slug),)
    return found
