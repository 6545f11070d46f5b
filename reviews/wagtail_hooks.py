"""What the product team finds in the Wagtail admin: the reviews, and what was done with them in the site's history."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry, LogFormatter

from reviews import urls
from reviews.models import COLLECT, ResearchLogEntry, ResearchRequest, Review, ReviewLogEntry
from reviews.permissions import MANAGE_DESTINATIONS
from reviews.querysets import VIEW
from reviews.research_views import RESEARCH_ICON
from reviews.tracker_views import DESTINATIONS_ICON
from reviews.tracking_views import DraftsPanel
from reviews.views import ICON


class ReviewsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VIEW))


@hooks.register("register_admin_menu_item")
def reviews_menu_item() -> ReviewsMenuItem:
    address = reverse_lazy("reviews:index")
    return ReviewsMenuItem(_("Product reviews"), address, name="reviews", icon_name=ICON, order=220)


@hooks.register("construct_homepage_panels")
def drafted_reviews(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(DraftsPanel(request.user))


class DestinationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(MANAGE_DESTINATIONS))


@hooks.register("register_settings_menu_item")
def destinations_menu_item() -> DestinationsMenuItem:
    address = reverse_lazy("reviews:destinations")
    return DestinationsMenuItem(
        _("Trackers and webhooks"), address, name="destinations", icon_name=DESTINATIONS_ICON, order=900
    )


class ResearchMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(COLLECT))


@hooks.register("register_admin_menu_item")
def research_menu_item() -> ResearchMenuItem:
    address = reverse_lazy("reviews:research")
    return ResearchMenuItem(_("Research"), address, name="research", icon_name=RESEARCH_ICON, order=212)


@hooks.register("register_admin_urls")
def review_urls() -> list[URLResolver]:
    return [path("reviews/", include(urls))]


@hooks.register("register_permissions")
def review_permissions() -> QuerySet[Permission]:
    """So that administrators can give them to groups of their own."""
    names = ["add_review", "change_review", "publish_review", "view_review", "decide_review"]
    names += ["request_research", "collect_research", "add_interpretation", "view_amounts"]
    names += ["manage_destinations", "send_to_destination"]
    return Permission.objects.filter(content_type__app_label="reviews", codename__in=names)


class ReviewURLFinder(ModelAdminURLFinder):
    """Where the site's history leads from a line about a review."""

    edit_url_name = "reviews:detail"

    def get_edit_url(self, instance: Review) -> str | None:
        is_seen = self.user is None or self.user.has_perm(VIEW)
        return instance.get_absolute_url() if is_seen else None


register_admin_url_finder(Review, ReviewURLFinder)


class ResearchURLFinder(ModelAdminURLFinder):
    """Where the site's history leads from a line about a research request."""

    edit_url_name = "reviews:research-detail"

    def get_edit_url(self, instance: ResearchRequest) -> str | None:
        is_seen = self.user is None or self.user.has_perm(COLLECT)
        return instance.get_absolute_url() if is_seen else None


register_admin_url_finder(ResearchRequest, ResearchURLFinder)


@hooks.register("register_log_actions")
def review_log(actions: LogActionRegistry) -> None:
    actions.register_model(Review, ReviewLogEntry)
    actions.register_action("reviews.create", _("Begin a product review"), _("Begun"))
    actions.register_action("reviews.change", _("Change a draft"), _("Changed"))
    actions.register_action("reviews.discard", _("Discard a draft"), _("Discarded"))
    actions.register_action("reviews.exclude")(ExclusionFormatter)
    actions.register_action("reviews.send", _("Send a draft to review"), _("Sent to review"))
    actions.register_action("reviews.take_back", _("Take a review back to the drafts"), _("Taken back"))
    actions.register_action("reviews.stop", _("Stop the publishing of a review"), _("Publishing stopped"))
    actions.register_action("reviews.stop_sending", _("Stop sending a draft to review"), _("Sending to review stopped"))
    actions.register_action("reviews.publish", _("Publish a product review"), _("Published"))
    actions.register_action("reviews.download")(DownloadFormatter)
    actions.register_action("reviews.send_to_tracker")(SendFormatter)
    actions.register_action("reviews.propose", _("Note a decision"), _("Decision noted"))
    actions.register_action(
        "reviews.withdraw_proposal", _("Take back a noted decision"), _("Noted decision taken back")
    )
    actions.register_action("reviews.decide", _("Carry out decisions"), _("Decisions carried out"))
    actions.register_action("reviews.correct_decision", _("Correct a decision"), _("Decision corrected"))


@hooks.register("register_log_actions")
def research_log(actions: LogActionRegistry) -> None:
    actions.register_model(ResearchRequest, ResearchLogEntry)
    actions.register_action("reviews.request_research", _("Ask for research"), _("Research asked for"))
    actions.register_action("reviews.change_research", _("Change a research request"), _("Changed"))
    actions.register_action("reviews.withdraw_research", _("Withdraw a research request"), _("Withdrawn"))
    actions.register_action("reviews.attach_to_research", _("Collect for research"), _("Something collected"))
    actions.register_action(
        "reviews.detach_from_research", _("Take away what was collected"), _("Something taken away")
    )
    actions.register_action("reviews.answer_research", _("Answer a research request"), _("Answered"))


class DownloadFormatter(LogFormatter):
    label = _("Download a product review")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Downloaded as %(form)s") % {"form": log_entry.data.get("form", "").upper()}


class ExclusionFormatter(LogFormatter):
    label = _("Leave an idea out of a review")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Left out idea %(idea)s: %(reason)s") % log_entry.data


class SendFormatter(LogFormatter):
    label = _("Send ideas of a product review to a tracker")

    def format_message(self, log_entry: Any) -> str:
        return gettext("Sent to %(name)s") % {"name": log_entry.data.get("form", "")}
