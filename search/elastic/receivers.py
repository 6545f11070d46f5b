"""What Elasticsearch hears of besides words (search.indexing): what filters and counts go by, and what has to go."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import m2m_changed, post_save
from django.dispatch import receiver

from accounts.models import Member
from community.models import Answer, Question, TaggedQuestion
from community.signals import (
    answer_accepted,
    answer_unaccepted,
    content_edited,
    question_merge_undone,
    questions_merged,
    visibility_changed,
)
from ideas.models import Idea, TaggedIdea
from ideas.signals import ideas_merged, status_changed
from search import outbox
from search.backends import Kind

KINDS: dict[Any, Kind] = {Question: Kind.QUESTION, Idea: Kind.IDEA}


@receiver(content_edited)
@receiver(visibility_changed)
def note_words(content: Any, **kwargs: Any) -> None:
    """What may hold words that nobody may see any more is not found again before its document is the new one."""
    if isinstance(content, Answer):
        outbox.note(Kind.QUESTION, [content.question_id], is_removal=True)
    elif (kind := KINDS.get(type(content))) is not None:
        outbox.note(kind, [content.pk], is_removal=True)
        _note_tags_of(content)


@receiver(answer_accepted)
@receiver(answer_unaccepted)
def note_acceptance(answer: Answer, **kwargs: Any) -> None:
    outbox.note(Kind.QUESTION, [answer.question_id])


@receiver(status_changed)
def note_status(change: Any, **kwargs: Any) -> None:
    outbox.note(Kind.IDEA, [change.idea_id])


@receiver(questions_merged)
def note_merged_questions(edge: Any, **kwargs: Any) -> None:
    outbox.note(Kind.QUESTION, [edge.duplicate_id], is_removal=True)
    _note_tags_of(edge.duplicate)


@receiver(question_merge_undone)
def note_parted_questions(edge: Any, **kwargs: Any) -> None:
    family = Question.objects.filter(pk=edge.duplicate_id) | Question.objects.filter(canonical=edge.duplicate_id)
    outbox.note(Kind.QUESTION, family.values_list("pk", flat=True))
    _note_tags_of(edge.duplicate)


@receiver(ideas_merged)
def note_merged_ideas(edge: Any, **kwargs: Any) -> None:
    """The words of a duplicate stand in the document of the other idea, and its own goes."""
    outbox.note(Kind.IDEA, [edge.duplicate_id], is_removal=True)
    _note_tags_of(edge.duplicate)


@receiver(post_save, sender=Member)
def note_member(instance: Member, created: bool, **kwargs: Any) -> None:
    if not created and (not instance.is_active or instance.erased_at or instance.email is None):
        outbox.note(Kind.MEMBER, [instance.pk], is_removal=True)


@receiver(m2m_changed, sender=TaggedQuestion)
@receiver(m2m_changed, sender=TaggedIdea)
def note_tags(instance: Any, action: str, pk_set: Iterable[int] | None, **kwargs: Any) -> None:
    """Tags are found where something carries them."""
    if action.startswith("post_") and isinstance(instance, (Question, Idea)):
        outbox.note(KINDS[type(instance)], [instance.pk])
        outbox.note(Kind.TAG, pk_set or ())


def _note_tags_of(post: Any) -> None:
    outbox.note(Kind.TAG, post.tags.values_list("pk", flat=True))
