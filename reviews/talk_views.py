"""What the people of a review say to each other about it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.forms import submit
from reviews import permissions
from reviews.models import ReviewComment
from reviews.talk import RemarkForm
from reviews.talk_actions import comment_on_review, edit_comment, remove_comment
from reviews.views import Screen


class CommentView(Screen, WagtailAdminTemplateMixin, View):
    """Takes a comment on a review or on one of its ideas; shows the form again where something is wrong."""

    template_name = "reviews/comment_form.html"
    page_title = _("Comment")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Comment"))]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RemarkForm(request.POST)
        known = {"review": self.review, "by": self.member, "idea": self.kwargs.get("idea")}
        comment, status = submit(form, comment_on_review, **known)
        if comment:
            return redirect(comment)
        context = self.get_context_data(form=form, cancel_url=self.review.get_absolute_url())
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class OwnCommentScreen(Screen, WagtailAdminTemplateMixin, View):
    """A screen for the author of a comment."""

    template_name = "reviews/comment_form.html"

    @cached_property
    def comment(self) -> ReviewComment:
        comments = ReviewComment.objects.visible_to(self.request.user).select_related("review")
        return get_object_or_404(comments, pk=self.kwargs["comment"], review=self.review)

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", str(self.page_title))]

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_change_comment(request.user, self.comment)

    def show(self, form: RemarkForm | None, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, comment=self.comment, cancel_url=self.comment.get_absolute_url())
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class EditCommentView(OwnCommentScreen):
    page_title = _("Edit the comment")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(RemarkForm(initial={"body": self.comment.body}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        form = RemarkForm(request.POST)
        edited, status = submit(form, edit_comment, comment=self.comment, by=self.member)
        return redirect(edited) if edited else self.show(form, status)


class RemoveCommentView(OwnCommentScreen):
    """Asks once more, and then removes the comment."""

    page_title = _("Remove this comment?")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        leads_to = self.comment.get_absolute_url().partition("#")[0]
        remove_comment(comment=self.comment, by=self.member)
        messages.success(request, gettext("The comment is removed."))
        return redirect(leads_to)
