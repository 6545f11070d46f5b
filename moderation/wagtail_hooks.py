"""What moderators find in the Wagtail admin: their screens, and what they did in the site's history."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from community.content import Content
from moderation import kanban_views
from moderation.admin_views import OffsiteView, SuspensionsView
from moderation.kinds import KINDS, moderated_by
from moderation.log import DELETE, HIDE, HOLD, LIFT, MOVE_QUESTION, RESTORE, SUSPEND
from moderation.models import PostLogEntry, QuestionCard
from moderation.permissions import SUSPEND as MAY_SUSPEND
from moderation.permissions import can_open_ideas_kanban, can_open_questions_kanban


class OffsiteMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(moderated_by(request.user))


@hooks.register("register_admin_menu_item")
def offsite_menu_item() -> OffsiteMenuItem:
    address = reverse_lazy("moderation_offsite")
    return OffsiteMenuItem(_("Moderation"), address, name="moderation", icon_name="no-view", order=210)


class SuspensionsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MAY_SUSPEND))


@hooks.register("register_admin_menu_item")
def suspensions_menu_item() -> SuspensionsMenuItem:
    address = reverse_lazy("moderation_suspensions")
    return SuspensionsMenuItem(_("Suspensions"), address, name="suspensions", icon_name="user", order=211)


@hooks.register("register_admin_urls")
def moderation_urls() -> list[URLPattern]:
    return [
        path("moderation/suspensions/", SuspensionsView.as_view(), name="moderation_suspensions"),
        path(
            "moderation/suspensions/results/",
            SuspensionsView.as_view(results_only=True),
            name="moderation_suspensions_results",
        ),
        path("moderation/", OffsiteView.as_view(), name="moderation_offsite"),
        path("moderation/results/", OffsiteView.as_view(results_only=True), name="moderation_offsite_results"),
    ]


class KanbanMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_open_ideas_kanban(request.user) or can_open_questions_kanban(request.user)


@hooks.register("register_admin_menu_item")
def kanban_menu_item() -> KanbanMenuItem:
    return KanbanMenuItem(_("Kanban"), reverse_lazy("kanban"), name="kanban", icon_name=kanban_views.ICON, order=215)


@hooks.register("register_admin_urls")
def kanban_urls() -> list[URLPattern]:
    ideas, questions = "kanban/ideas/<int:page>/", "kanban/questions/<int:page>/"
    return [
        path("kanban/", kanban_views.IndexView.as_view(), name="kanban"),
        path(ideas, kanban_views.IdeasView.as_view(), name="kanban_ideas"),
        path(f"{ideas}columns/", kanban_views.IdeaColumnsView.as_view(), name="kanban_ideas_columns"),
        path(f"{ideas}<int:pk>/", kanban_views.IdeaCardView.as_view(), name="kanban_idea"),
        path(questions, kanban_views.QuestionsView.as_view(), name="kanban_questions"),
        path(f"{questions}columns/", kanban_views.QuestionColumnsView.as_view(), name="kanban_questions_columns"),
        path(f"{questions}<int:pk>/", kanban_views.QuestionCardView.as_view(), name="kanban_question"),
    ]


@hooks.register("register_permissions")
def moderation_permissions() -> QuerySet[Permission]:
    """So that administrators can give them to groups of their own."""
    condition = Q(pk__in=[])
    for name in {MAY_SUSPEND, *(kind.permission for kind in KINDS.values())}:
        app, _dot, codename = name.partition(".")
        condition |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(condition)


class PostURLFinder:
    """Where the site's history leads from a line about a post: to the post, which only those who see the line get."""

    def __init__(self, user: Any = None) -> None:
        self.user = user

    def get_edit_url(self, instance: Content) -> str:
        return str(instance.get_absolute_url())  # type: ignore[attr-defined]


register_admin_url_finder(Content, PostURLFinder)


class DecisionFormatter(LogFormatter):
    """What was decided, and why."""

    def format_message(self, log_entry: Any) -> str:
        reason = log_entry.data.get("reason")
        if not reason:
            return str(self.message)
        return gettext("%(decision)s: %(reason)s") % {"decision": self.message, "reason": reason}


class MoveFormatter(LogFormatter):
    label = _("Move a question on the Kanban board")

    def format_message(self, log_entry: Any) -> str:
        stage, assignee = QuestionCard.Stage(log_entry.data["stage"]).label, log_entry.data["assignee"]
        if not assignee:
            return gettext("In “%(column)s”, assigned to nobody") % {"column": stage}
        return gettext("In “%(column)s”, assigned to %(name)s") % {"column": stage, "name": assignee}


@hooks.register("register_log_actions")
def moderation_log(actions: LogActionRegistry) -> None:
    actions.register_model(Content, PostLogEntry)
    actions.register_action(MOVE_QUESTION)(MoveFormatter)
    for action, label, message in (
        (HIDE, _("Hide a post"), _("Hidden")),
        (RESTORE, _("Restore a post"), _("Restored")),
        (DELETE, _("Delete a post"), _("Deleted by a moderator")),
        (HOLD, _("Hold a post"), _("Held for a moderator")),
        (SUSPEND, _("Suspend a member"), _("Suspended")),
        (LIFT, _("Lift a suspension"), _("Suspension lifted")),
    ):
        actions.register_action(action)(type("Formatter", (DecisionFormatter,), {"label": label, "message": message}))
