"""What the index hears of: in the transaction of the act, so that it never says more or less than the rows do."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from taggit.models import Tag

from accounts.models import Member
from community.models import Answer, Question
from community.signals import (
    content_edited,
    languages_changed,
    question_answered,
    question_asked,
    visibility_changed,
)
from ideas.models import Idea
from ideas.signals import idea_merge_undone, idea_posted, ideas_merged
from search import insight
from search.articles import article_models
from search.indexing import (
    forget_rows,
    index_articles,
    index_ideas,
    index_members,
    index_questions,
    index_tags,
)

# What decides whether somebody can be found, and by which words.
OF_MEMBERS = {"name", "handle", "email", "is_active", "erased_at"}


@receiver(question_asked)
def index_question(question: Question, **kwargs: Any) -> None:
    index_questions([question.pk])


@receiver(idea_posted)
def index_idea(idea: Idea, **kwargs: Any) -> None:
    index_ideas([idea.pk])


@receiver(ideas_merged)
@receiver(idea_merge_undone)
def index_families(edge: Any, **kwargs: Any) -> None:
    """A family is found by the words of all its ideas."""
    index_ideas([edge.duplicate_id, edge.target_id])


@receiver(question_answered)
def index_answer(answer: Answer, **kwargs: Any) -> None:
    index_questions([answer.question_id])


@receiver(visibility_changed)
@receiver(content_edited)
def index_changed(content: Any, **kwargs: Any) -> None:
    """Comments are not searched."""
    if isinstance(content, Answer):
        index_questions([content.question_id])
    elif isinstance(content, Question):
        index_questions([content.pk])
    elif isinstance(content, Idea):
        index_ideas([content.pk])


@receiver(post_save, sender=Member)
def index_member(instance: Member, update_fields: Any, **kwargs: Any) -> None:
    if update_fields is None or not OF_MEMBERS.isdisjoint(update_fields):
        index_members([instance.pk])


@receiver(post_save, sender=Tag)
def index_tag(instance: Tag, **kwargs: Any) -> None:
    index_tags([instance.pk])


def index_article(instance: Any, **kwargs: Any) -> None:
    index_articles(type(instance), [instance.pk])


def forget_row(instance: Any, **kwargs: Any) -> None:
    forget_rows(type(instance), [instance.pk])


@receiver(question_asked)
@receiver(idea_posted)
def note_post(by: Member, **kwargs: Any) -> None:
    insight.record_post(by)


@receiver(languages_changed, sender=Question)
def index_questions_again(keys: list[int], **kwargs: Any) -> None:
    index_questions(keys)


@receiver(languages_changed, sender=Idea)
def index_ideas_again(keys: list[int], **kwargs: Any) -> None:
    index_ideas(keys)


for model in article_models():
    post_save.connect(index_article, sender=model)
for model in (Question, Idea, Member, Tag, *article_models()):
    post_delete.connect(forget_row, sender=model)
