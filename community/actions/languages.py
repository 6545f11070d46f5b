"""Noting which language questions and ideas are written in: by detection, in the background, or as somebody says."""

from collections import defaultdict
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django_tasks import task

from accounts.models import Member
from community.actions.content import locked
from community.content import LanguageSource, Topic
from community.languages import DETECT, LANGUAGES, language_of, load
from community.permissions import check_can_edit
from community.querysets import MODERATE
from community.signals import languages_changed
from core.tasks import WORKER

T = TypeVar("T", bound=Topic)

BATCH = 100


def detect_later(topic: Topic) -> None:
    """Have a worker find out the language of a post whose text is new, unless a person has said it."""
    if topic.language_source != LanguageSource.PERSON:
        detect_language.enqueue(topic._meta.label, topic.pk)


@transaction.atomic
def choose_language(*, content: T, by: Member, language: str, moderate: str = MODERATE) -> T:
    """Say that a post is written in one of LANGUAGES, in another, or have it detected. Raises ForbiddenError."""
    topic = locked(content)
    check_can_edit(by, topic, moderate)
    is_detected = language == DETECT
    if is_detected and topic.language_source != LanguageSource.PERSON:
        return topic
    topic.language = language if language in LANGUAGES else ""
    topic.language_source = LanguageSource.UNKNOWN if is_detected else LanguageSource.PERSON
    topic.save(update_fields=["language", "language_source"])
    if is_detected:
        detect_later(topic)
    languages_changed.send(sender=type(topic), keys=[topic.pk])
    return topic


@task(backend=WORKER)
def detect_language(model: str, pk: int) -> None:
    """Note the language of one post, as its text reads now."""
    topics = apps.get_model(model)._default_manager
    _detect(topics.filter(pk=pk).exclude(language_source=LanguageSource.PERSON))


@task(backend=WORKER)
def detect_languages() -> None:
    """Note the languages of all posts of which that was never tried. Stopped, it goes on where it was."""
    for model in apps.get_models():
        if issubclass(model, Topic):
            waiting = model._default_manager.filter(language_source=LanguageSource.UNKNOWN).order_by("pk")
            while _detect(waiting[:BATCH]):
                pass


def _detect(topics: QuerySet[Any]) -> int:
    """Note the languages of these posts; how many posts that were."""
    load()
    with transaction.atomic():
        rows = topics.select_for_update(of=("self",), no_key=True)
        found: dict[str, list[int]] = defaultdict(list)
        before = {}
        for pk, title, body_html, language in rows.values_list("pk", "title", "body_html", "language"):
            found[language_of(title, body_html)].append(pk)
            before[pk] = language
        for language, keys in found.items():
            topics.model._default_manager.filter(pk__in=keys).update(
                language=language, language_source=LanguageSource.DETECTED
            )
            if changed := [pk for pk in keys if before[pk] != language]:
                languages_changed.send(sender=topics.model, keys=changed)
    return len(before)
