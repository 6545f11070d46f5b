"""The kinds of posts that moderators decide on: the one list that addresses, screens and the log go by."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from community.content import Content
from community.models import Answer, ForumPage, Question
from community.models import Comment as QuestionComment
from community.querysets import MODERATE as MODERATE_QUESTIONS
from core.access import readable_page_ids
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaBoardPage
from ideas.querysets import MODERATE as MODERATE_IDEAS


@dataclass(frozen=True)
class Kind:
    """A kind of post: its name in addresses, the permission that moderating it asks for, and the pages that hold it."""

    name: str
    label: Promise
    model: type[Content]
    permission: str
    pages: type[Page]

    def visible_to(self, user: Any) -> QuerySet[Any]:
        """The posts of this kind that the person may see now."""
        posts: QuerySet[Any] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return posts

    def readable_pages(self, user: Any) -> frozenset[int]:
        """The pages that hold such posts and that the person may read now."""
        return readable_page_ids(user, self.pages)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("question", _("question"), Question, MODERATE_QUESTIONS, ForumPage),
        Kind("answer", _("answer"), Answer, MODERATE_QUESTIONS, ForumPage),
        Kind("question-comment", _("comment on a question"), QuestionComment, MODERATE_QUESTIONS, ForumPage),
        Kind("idea", _("idea"), Idea, MODERATE_IDEAS, IdeaBoardPage),
        Kind("idea-comment", _("comment on an idea"), IdeaComment, MODERATE_IDEAS, IdeaBoardPage),
    )
}


def kind_of(post: Content) -> Kind:
    return next(kind for kind in KINDS.values() if isinstance(post, kind.model))


def moderated_by(user: Any) -> list[Kind]:
    """The kinds of posts that the person may moderate, where they may read them."""
    return [kind for kind in KINDS.values() if user.has_perm(kind.permission)]
