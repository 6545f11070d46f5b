"""Drafts that choose their ideas by a policy, and what is said of single ideas in them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.errors import ConflictError, ForbiddenError
from reviews import permissions
from reviews.actions import (
    build_draft,
    exclude_idea,
    group_idea,
    pin_idea,
    rebuild_draft,
    remove_idea,
    take_back,
)
from reviews.forms import BuildForm, ItemForm
from reviews.models import Review, ReviewWork
from reviews.views import ConfirmView, Screen, draft_shown
from reviews.views.details import working_context
from reviews.work_actions import begin_ranking, begin_sending, stop_work
from reviews.works import progress_of


class BuildView(Screen, WagtailAdminTemplateMixin, View):
    """A new review: its boards, policy, cut-off and filters."""

    template_name = "reviews/build.html"
    page_title = _("New product review")
    label = _("Create the draft")

    def check(self, request: HttpRequest) -> None:
        if not request.user.has_perm(permissions.ADD):
            raise ForbiddenError(gettext("Your account may read product reviews, but not prepare them."))

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("reviews:index"), gettext("Product reviews")), ("", str(self.page_title))]

    def form(self, data: Any = None) -> BuildForm:
        return BuildForm(data, user=self.request.user)

    def act(self, wishes: dict[str, Any]) -> Review:
        return build_draft(by=self.member, **wishes)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            return redirect(self.act(form.wishes()))
        except ConflictError as error:
            form.add_error(None, str(error))
            return self.show(form, 409)

    def show(self, form: BuildForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, media=form.media)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class RulesView(BuildView):
    """The same for a draft that there is."""

    page_title = _("What is chosen")
    label = _("Save")

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_change(request.user, self.review)

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", str(self.page_title))]

    def form(self, data: Any = None) -> BuildForm:
        return BuildForm(data, instance=self.review, user=self.request.user)

    def act(self, wishes: dict[str, Any]) -> Review:
        return rebuild_draft(review=self.review, by=self.member, **wishes)


class ItemView(Screen, View):
    """Pins an idea of a draft, leaves it out, groups it, or takes that back."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ItemForm(request.POST)
        if not form.is_valid():
            if form.errors.keys() & {"idea", "act"}:
                raise Http404
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
            return redirect(self.review)
        said = form.cleaned_data
        known: dict[str, Any] = {"review": self.review, "by": self.member, "idea": said["idea"]}
        try:
            if said["act"] == "pin":
                pin_idea(**known)
            elif said["act"] == "exclude":
                exclude_idea(**known, reason=said["reason"])
            elif said["act"] == "group":
                group_idea(**known, theme=said["theme"])
            else:
                remove_idea(**known)
        except ConflictError as error:
            messages.error(request, str(error))
        return redirect(self.review)


class SendView(ConfirmView):
    page_title = _("Send this draft to review?")
    label = _("Send to review")
    icon = "check"
    sentence = _(
        "Its cut-off and its selection are fixed, so that everybody looks at the same numbers. You can take it back."
    )

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_change(request.user, self.review)

    def act(self, request: HttpRequest) -> HttpResponse:
        if isinstance(begin_sending(review=self.review, by=self.member), ReviewWork):
            messages.success(request, gettext("The draft is being sent to review. This page shows how far it is."))
        else:
            messages.success(request, gettext("The draft is in review."))
        return redirect(self.review)


class TakeBackView(SendView):
    page_title = _("Take this review back to the drafts?")
    label = pgettext_lazy("a review", "Take back")
    icon = "undo"
    sentence = _("Then it can be changed again. Its cut-off stays as it is until you change it.")

    def act(self, request: HttpRequest) -> HttpResponse:
        take_back(review=self.review, by=self.member)
        messages.success(request, gettext("The review is a draft again."))
        return redirect(self.review)


class StopView(Screen, View):
    """Stops what the worker has under way for a review."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        stop_work(review=self.review, by=self.member)
        messages.success(request, gettext("It was stopped. The draft is as it was."))
        return redirect(self.review)


class RankView(Screen, View):
    """Has a large draft ranked anew, and shows how far that is, and what came of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What replaces the progress on the page of the draft; `shown` says that an earlier ranking stands below it."""
        progress = progress_of(self.review, ReviewWork.Kind.RANKING)
        context = {"review": self.review, "progress": progress, "may_stop": request.user.has_perm(permissions.CHANGE)}
        if progress and progress.is_under_way:
            return render(request, "reviews/ranking_progress.html", {**context, "is_shown": "shown" in request.GET})
        if "shown" in request.GET:
            return render(request, "reviews/ranking_ready.html", context)
        context |= draft_shown(request, self.review, self.member)
        return retarget(reswap(render(request, "reviews/ranking.html", context), "outerHTML"), "#ranking")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        begin_ranking(review=self.review, by=self.member)
        return redirect(self.review)


class ProgressView(Screen, View):
    """How far the worker is with sending a review or publishing it, while the page of it is open."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        progress = progress_of(self.review, ReviewWork.Kind.SENDING, ReviewWork.Kind.PUBLISHING)
        if progress is None or not progress.is_under_way:
            return HttpResponseClientRefresh()
        context = {"review": self.review, **working_context(request.user, progress)}
        return render(request, "reviews/working_progress.html", context)
