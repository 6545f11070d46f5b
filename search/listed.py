"""What can be found of each kind, whatever its words: the rows that a search by filters alone would list."""

from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from taggit.models import Tag
from wagtail.models import Page

from accounts.models import Member
from community.content import Visibility
from community.models import Question, TaggedQuestion
from ideas.models import Idea, TaggedIdea
from search.articles import article_models
from search.backends import Kind, Wanted
from search.models import MemberDocument

TAGGED: dict[Kind, Any] = {Kind.QUESTION: TaggedQuestion, Kind.IDEA: TaggedIdea}


def models_of(kind: Kind) -> list[type[Model]]:
    """The models whose rows are of the kind."""
    models: dict[Kind, type[Model]] = {
        Kind.QUESTION: Question,
        Kind.IDEA: Idea,
        Kind.MEMBER: Member,
        Kind.TAG: Tag,
    }
    return article_models() if kind == Kind.ARTICLE else [models[kind]]


def kind_of(model: type[Model]) -> Kind:
    return next(kind for kind in Kind if model in models_of(kind))


def listed(kind: Kind, wanted: Wanted) -> QuerySet[Any]:
    """The rows of a kind on the wanted pages that pass the filters."""
    if kind == Kind.QUESTION:
        questions = Question.objects.listed().filter(forum__in=_pages(kind, wanted)).filter(**_written(wanted))
        if wanted.is_unanswered:
            questions = questions.unanswered()
        if wanted.is_answered:
            questions = questions.exclude(answer_count=0)
        if wanted.is_solved:
            questions = questions.filter(is_solved=True)
        return _tagged(questions, kind, wanted)
    if kind == Kind.IDEA:
        ideas = Idea.objects.listed().filter(board__in=_pages(kind, wanted)).filter(**_written(wanted))
        if wanted.statuses is not None:
            ideas = ideas.filter(status__in=wanted.statuses)
        return _tagged(ideas, kind, wanted)
    if kind == Kind.ARTICLE:
        articles = Page.objects.live().filter(pk__in=wanted.pages.get(kind, ()), **_dated(wanted, "first_published_at"))
        return articles if wanted.languages is None else articles.filter(locale__language_code__in=wanted.languages)
    if kind == Kind.MEMBER:
        return MemberDocument.get_indexed_objects()
    return _used_tags(wanted)


def duplicates_elsewhere(wanted: Wanted) -> QuerySet[Idea]:
    """Visible duplicates on wanted boards, of listed ideas that stand on others and pass the filters.

    The words of a duplicate on the same board are in the entry of its canonical.
    """
    canonicals = listed(Kind.IDEA, wanted).order_by().filter(pk=OuterRef("canonical"))
    duplicates = Idea.objects.filter(visibility=Visibility.VISIBLE, canonical__isnull=False)
    elsewhere = duplicates.filter(board__in=wanted.pages.get(Kind.IDEA, ())).exclude(board=F("canonical__board"))
    return elsewhere.filter(Exists(canonicals))


def _pages(kind: Kind, wanted: Wanted) -> frozenset[int]:
    pages = wanted.pages.get(kind, frozenset())
    return pages if wanted.within is None else pages & wanted.within


def _written(wanted: Wanted) -> dict[str, Any]:
    chosen = {"author__in": wanted.authors, "language__in": wanted.languages}
    return {lookup: values for lookup, values in chosen.items() if values is not None} | _dated(wanted, "created_at")


def _dated(wanted: Wanted, at: str) -> dict[str, Any]:
    bounds = {f"{at}__gte": wanted.created_from, f"{at}__lt": wanted.created_before}
    return {lookup: moment for lookup, moment in bounds.items() if moment is not None}


def _tagged(rows: QuerySet[Any], kind: Kind, wanted: Wanted) -> QuerySet[Any]:
    for slug in sorted(wanted.tags):
        carried = TAGGED[kind]._default_manager.filter(content_object=OuterRef("pk"), tag__slug=slug)
        rows = rows.filter(Exists(carried))
    return rows


def _used_tags(wanted: Wanted) -> QuerySet[Any]:
    """Tags that something carries which the reader may see, as their page asks too."""
    pages = {kind: wanted.pages.get(kind, frozenset()) for kind in TAGGED}
    questions = Question.objects.listed().filter(forum__in=pages[Kind.QUESTION])
    ideas = Idea.objects.listed().filter(board__in=pages[Kind.IDEA])
    used = Q()
    for kind, posts in ((Kind.QUESTION, questions), (Kind.IDEA, ideas)):
        carrying = posts.filter(pk=OuterRef("content_object")).order_by()
        used |= Q(Exists(TAGGED[kind]._default_manager.filter(Exists(carrying), tag=OuterRef("pk"))))
    return Tag.objects.filter(used)
