"""Commenting on ideas."""

from django.db import transaction

from accounts.models import Member
from community import families
from community.actions.content import check_not_posted_twice
from community.signals import comment_posted
from ideas.errors import IdeaNotVisibleError
from ideas.models import Comment, Idea
from ideas.permissions import check_can_take_part


@transaction.atomic
def post_comment(*, idea: Idea, by: Member, body: str) -> Comment:
    """Remark on an idea. Raises ForbiddenError, IdeaNotVisibleError and AlreadyPostedError."""
    idea = families.lock(Idea, idea.pk)[idea.pk]
    check_can_take_part(by)
    if not idea.is_visible:
        raise IdeaNotVisibleError
    check_not_posted_twice(idea.comments.filter(author=by), body)
    comment = Comment(idea=idea, author=by)
    comment.write(body)
    comment.save()
    idea.last_activity_at = comment.created_at
    idea.save(update_fields=["last_activity_at"])
    idea.recount()
    comment_posted.send(sender=Comment, comment=comment, by=by)
    return comment
