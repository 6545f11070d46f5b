"""What the people of a review say to each other, as pages show it and take it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from community.content import COMMENT_LENGTH
from community.fields import MarkdownField
from reviews.models import Review, ReviewComment


class RemarkForm(forms.Form):
    body = MarkdownField(
        label=_("Your comment"),
        max_length=COMMENT_LENGTH,
        widget=AdminAutoHeightTextInput,
        help_text=_("Only people who may open this review read it. Markdown."),
    )


def comments_on(user: Any, review: Review, idea: int | None = None) -> QuerySet[ReviewComment]:
    """The comments on the whole review or on one idea in it, the oldest first."""
    return ReviewComment.objects.visible_to(user).filter(review=review, idea=idea).select_related("author")


def talk_context(user: Any, review: Review, idea: int | None = None) -> dict[str, Any]:
    """What stands below a review, or below an idea in it."""
    return {"comments": comments_on(user, review, idea), "remark_form": RemarkForm(), "reader": user}
