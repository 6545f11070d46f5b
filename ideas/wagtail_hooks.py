"""What the Wagtail admin knows of ideas: a screen of all of them, permissions, and lines of the site's history."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from ideas.actions.policies import COPIED, PUBLISHED, RETIRED
from ideas.admin_views import ICON, ChangeView, IdeasView
from ideas.choosers import IdeaChooserViewSet, idea_chooser
from ideas.log import (
    ANSWER_CORRECTED,
    COST_ESTIMATED,
    LINKED,
    MERGE_UNDONE,
    MERGED,
    NOTE_EDITED,
    NOTE_REMOVED,
    NOTE_WRITTEN,
    PLACED,
    PLANNED,
    SENTENCE_HIDDEN,
    SENTENCE_SHOWN,
    STATUS_CHANGED,
    TAGGED,
    UNLINKED,
)
from ideas.permissions import CHANGE_STATUS, MERGE, PLAN, VOTE_ON_BEHALF
from ideas.policy_admin import PolicyViewSet
from ideas.quarters import quarter_label


class IdeasMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(PLAN))


@hooks.register("register_admin_menu_item")
def ideas_menu_item() -> IdeasMenuItem:
    return IdeasMenuItem(_("Ideas"), reverse_lazy("ideas_screen"), name="ideas", icon_name=ICON, order=205)


@hooks.register("register_admin_urls")
def ideas_screen_urls() -> list[URLPattern]:
    return [
        path("ideas/", IdeasView.as_view(), name="ideas_screen"),
        path("ideas/results/", IdeasView.as_view(results_only=True), name="ideas_screen_results"),
        path("ideas/change/", ChangeView.as_view(), name="ideas_screen_change"),
    ]


@hooks.register("register_admin_viewset")
def policies() -> PolicyViewSet:
    return PolicyViewSet()


@hooks.register("register_permissions")
def permissions_on_ideas() -> QuerySet[Permission]:
    """So that administrators can give them to groups of their own."""
    codenames = [name.partition(".")[2] for name in (MERGE, CHANGE_STATUS, PLAN, VOTE_ON_BEHALF)]
    return Permission.objects.filter(content_type__app_label="ideas", codename__in=codenames)


@hooks.register("register_admin_viewset")
def chooser_of_ideas() -> IdeaChooserViewSet:
    return idea_chooser


class MergeFormatter(LogFormatter):
    label = _("Merge an idea")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        if data.get("reason"):
            return gettext("Merged into idea %(target)s: %(reason)s") % data
        return gettext("Merged into idea %(target)s") % data


class UndoneMergeFormatter(LogFormatter):
    label = _("Undo the merge of an idea")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Not merged into idea %(target)s any more") % log_entry.data


class StatusFormatter(LogFormatter):
    label = _("Change the status of an idea")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Status changed from “%(old)s” to “%(new)s”") % log_entry.data


class CorrectionFormatter(LogFormatter):
    label = _("Correct the answer to an idea")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Answer to “%(status)s” corrected") % log_entry.data


class PlanFormatter(LogFormatter):
    """Whoever reads the line need not be one of those who may know the owner."""

    label = _("Plan an idea")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        parts = [gettext("Owner changed")] if "owner" in data else []
        if data.get("target_quarter"):
            parts.append(gettext("Planned for %(quarter)s") % {"quarter": quarter_label(data["target_quarter"])})
        elif "target_quarter" in data:
            parts.append(gettext("Planned for no quarter any more"))
        return ". ".join(parts)


class PlaceFormatter(LogFormatter):
    label = _("Place an idea on the roadmap")

    def format_message(self, log_entry: Any) -> str:
        if log_entry.data["is_before"]:
            return gettext("Placed before idea %(neighbour)s on the roadmap") % log_entry.data
        return gettext("Placed after idea %(neighbour)s on the roadmap") % log_entry.data


class TagsFormatter(LogFormatter):
    label = _("Change the tags of an idea")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        signed = [*(f"+{name}" for name in data["added"]), *(f"−{name}" for name in data["removed"])]
        return gettext("Tags: %(tags)s") % {"tags": ", ".join(signed)}


class HiddenSentenceFormatter(LogFormatter):
    label = _("Hide what a voter said")

    def format_message(self, log_entry: Any) -> str:
        return gettext("What member %(member)s said of their vote was hidden: %(reason)s") % log_entry.data


class ShownSentenceFormatter(LogFormatter):
    label = _("Show what a voter said")

    def format_message(self, log_entry: Any) -> str:
        return gettext("What member %(member)s said of their vote is shown again: %(reason)s") % log_entry.data


@hooks.register("register_log_actions")
def log_of_ideas(actions: LogActionRegistry) -> None:
    actions.register_action(MERGED)(MergeFormatter)
    actions.register_action(MERGE_UNDONE)(UndoneMergeFormatter)
    actions.register_action(STATUS_CHANGED)(StatusFormatter)
    actions.register_action(ANSWER_CORRECTED)(CorrectionFormatter)
    actions.register_action(PLANNED)(PlanFormatter)
    actions.register_action(PLACED)(PlaceFormatter)
    actions.register_action(TAGGED)(TagsFormatter)
    for action, label, message in (
        (COST_ESTIMATED, _("Estimate what an idea costs"), _("Cost estimated")),
        (LINKED, _("Link an idea to the tracker"), _("Linked to the tracker")),
        (UNLINKED, _("Remove a link to the tracker"), _("Link to the tracker removed")),
        (NOTE_WRITTEN, _("Write a private note"), _("Private note written")),
        (NOTE_EDITED, _("Change a private note"), _("Private note changed")),
        (NOTE_REMOVED, _("Remove a private note"), _("Private note removed")),
    ):
        actions.register_action(action, label, message)
    actions.register_action(PUBLISHED, _("Publish a ranking policy"), _("Published"))
    actions.register_action(RETIRED, _("Retire a ranking policy"), _("Retired"))
    actions.register_action(COPIED, _("Make a new version of a ranking policy"), _("Made as a copy"))
    actions.register_action(SENTENCE_HIDDEN)(HiddenSentenceFormatter)
    actions.register_action(SENTENCE_SHOWN)(ShownSentenceFormatter)
