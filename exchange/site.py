"""What an import writes to: the site itself, or a rehearsal that remembers instead of writing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from taggit.models import Tag

from accounts.managers import SYSTEM_HANDLE
from community import families
from community.actions import merge_question
from community.actions.languages import detect_languages
from community.content import Content, Topic, Visibility
from community.models import Answer, Comment, ForumPage, Question, QuestionMerge, TaggedQuestion
from core.models import ImportRun
from exchange import derived, places, records
from exchange.bodies import escaped, to_markdown
from exchange.models import SourceAcceptance
from exchange.people import UNKNOWN, People, system_member
from exchange.places import ANSWER_AS_COMMENT, Lookup, Place, Places
from exchange.records import Person, Post, Source
from exchange.statuses import Statuses
from exchange.values import LONGEST_TITLE, shortened
from ideas.actions import merge_idea
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, StatusChange, TaggedIdea
from search.indexing import index_ideas, index_questions

Placed = tuple[Post, Place | None]


class ImportStoppedError(Exception):
    """The run was undone while it went on; the text is one sentence that says so."""


def model_of(record: Post, parent: Place | None) -> type[Content]:
    """What a record becomes, below its parent if it has one: all that hangs below an idea is a comment on it."""
    if isinstance(record, records.Question):
        return Question
    if isinstance(record, records.Idea):
        return Idea
    if parent is not None and parent.model in (Idea, IdeaComment):
        return IdeaComment
    return Answer if isinstance(record, records.Answer) else Comment


class Rehearsal:
    """A site as it would be: looks up what is here, and remembers what would come."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.people = People(source.name, source.title, None)
        self.posts: dict[Lookup, Places] = {places.topics: {}, places.answers: {}, places.comments: {}}
        self.edges: dict[str, str] = {}

    def here(self, lookup: Lookup, ids: Collection[str]) -> Places:
        """Where the source's posts with these ids are, as far as they are here."""
        coming = self.posts[lookup]
        return lookup(self.source.name, ids) | {key: coming[key] for key in ids if key in coming}

    def has_brought(self, place: Place) -> bool:
        """Whether the post comes with this run."""
        return place.pk == 0

    def bring_people(self, people: Mapping[Person, datetime | None]) -> None:
        self.people.bring(people)

    def bring(self, new: Sequence[Placed], again: Sequence[tuple[Post, Place]]) -> None:
        self.people.bring(_authors([*(record for record, _ in new), *(record for record, _ in again)]))
        for record, parent in new:
            topic = parent.topic_source_id if parent else record.source_id
            self._remember(record, Place(model_of(record, parent), record.source_id, topic))
        for record, place in again:
            self._remember(record, Place(place.model, record.source_id, place.topic_source_id))

    def _remember(self, record: Post, place: Place) -> None:
        if isinstance(record, records.Answer):
            self.posts[places.answers][record.source_id] = place
        elif isinstance(record, records.Comment):
            self.posts[places.comments][record.source_id] = place
        else:
            self.posts[places.topics][record.source_id] = place

    def accept(self, chosen: Sequence[tuple[Place, Place]]) -> int:
        decided = Question.objects.filter(pk__in=[question.pk for question, _ in chosen], accepted_answer__isnull=False)
        return len(chosen) - decided.count()

    def is_linked(self, duplicate: Place, target: Place) -> bool:
        if duplicate.pk and target.pk:
            return _is_linked(duplicate, target)
        return self.edges.get(duplicate.source_id) == target.source_id

    def link(self, duplicate: Place, target: Place) -> None:
        """Raises as linking on the site would, as far as the links of the source alone tell."""
        if duplicate.source_id in self.edges:
            raise families.AlreadyMergedError
        root = target.source_id
        while root in self.edges:
            root = self.edges[root]
        if root == duplicate.source_id:
            raise families.CircularMergeError
        self.edges[duplicate.source_id] = target.source_id

    def index(self) -> None:
        """Nothing came."""


class Site:
    """The forum and the board that take the content of one run; each call that writes is one transaction."""

    def __init__(self, source: Source, run: ImportRun, forum: ForumPage | None, board: IdeaBoardPage | None) -> None:
        self.source, self.run, self.forum, self.board = source, run, forum, board
        self.system = system_member()
        self.people = People(source.name, source.title, run)
        self.statuses = Statuses(board) if board else None
        self.tags: dict[str, Tag] = {}

    def here(self, lookup: Lookup, ids: Collection[str]) -> Places:
        """Where the source's posts with these ids are, as far as they are here."""
        return lookup(self.source.name, ids)

    def has_brought(self, place: Place) -> bool:
        """Whether the post came with this run."""
        return place.run == self.run.pk

    @contextmanager
    def _batch(self) -> Iterator[None]:
        """A transaction of this run. Raises ImportStoppedError when the run was undone since the last."""
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=self.run.pk)
            if run.state != ImportRun.State.RUNNING:
                raise ImportStoppedError(f"Run {run.pk} was undone before it had finished.")
            yield

    # People and posts

    def bring_people(self, people: Mapping[Person, datetime | None]) -> None:
        """Make members for those of these people who are not here yet."""
        with self._batch():
            self.people.bring(people)

    def bring(self, new: Sequence[Placed], again: Sequence[tuple[Post, Place]]) -> None:
        """Write the new posts, and bring back those that were taken back with an earlier run."""
        posts = [(record, self._post(record, parent)) for record, parent in new]
        with self._batch():
            authors = self.people.bring(_authors([*(record for record, _ in new), *(record for record, _ in again)]))
            for record, post in posts:
                post.author_id = authors[(record.author or UNKNOWN).source_id]
                if isinstance(record, records.Idea) and self.statuses is not None:
                    post.status = self.statuses.get(record.status)
            for model in places.NOUNS:
                model._default_manager.bulk_create([post for _, post in posts if type(post) is model])
            self._tag(TaggedQuestion, posts, Question)
            self._tag(TaggedIdea, posts, Idea)
            self._note_statuses(posts)
            self._bring_back(again)
            below = [(model_of(record, parent), parent.topic_pk) for record, parent in new if parent is not None]
            self._recount([*below, *((place.model, place.topic_pk) for _, place in again)])

    def _post(self, record: Post, parent: Place | None) -> Any:
        """The post for a record, but for its author and status."""
        model = model_of(record, parent)
        post = model(
            source=self.source.name,
            import_run=self.run,
            created_at=record.created_at or self.run.started_at,
            edited_at=record.edited_at,
            base_votes=record.score,
            **{"source_id": record.source_id, **self._position(model, record, parent)},
        )
        body = to_markdown(record.body)
        if isinstance(post, Topic) and isinstance(record, (records.Question, records.Idea)):
            post.name(shortened(record.title))
            post.last_activity_at = post.created_at
            if len(record.title) > LONGEST_TITLE:
                body = f"**{escaped(record.title)}**\n\n{body}"
        post.write(body)
        if record.hidden_because:
            for name, value in self._hidden(record.hidden_because).items():
                setattr(post, name, value)
        return post

    def _position(self, model: type[Content], record: Post, parent: Place | None) -> dict[str, Any]:
        """The columns that say where a post belongs, and what only its kind has."""
        if isinstance(record, records.Question):
            return {"forum": self.forum, "is_locked": record.is_locked}
        if isinstance(record, records.Idea) or parent is None:
            return {"board": self.board, "family_base_votes": record.score}
        if model is IdeaComment:
            prefix = ANSWER_AS_COMMENT if isinstance(record, records.Answer) else ""
            return {"idea_id": parent.topic_pk, "source_id": f"{prefix}{record.source_id}"}
        if model is Answer:
            return {"question_id": parent.pk}
        return {"question_id": parent.topic_pk, "answer_id": parent.pk if parent.model is Answer else None}

    def _hidden(self, reason: str) -> dict[str, Any]:
        return {
            "visibility": Visibility.HIDDEN,
            "visibility_reason": reason,
            "visibility_by": self.system,
            "visibility_at": self.run.started_at,
        }

    def _bring_back(self, again: Sequence[tuple[Post, Place]]) -> None:
        shown = {
            "visibility": Visibility.VISIBLE,
            "visibility_reason": "",
            "visibility_by": None,
            "visibility_at": None,
        }
        for model, reason in {(place.model, record.hidden_because) for record, place in again}:
            keys = [place.pk for record, place in again if (place.model, record.hidden_because) == (model, reason)]
            state = self._hidden(reason) if reason else shown
            model._default_manager.filter(pk__in=keys).update(import_run=self.run, **state)

    def _recount(self, posts: Iterable[tuple[type[Content], int]]) -> None:
        """Bring the stored counts of the topics up to date that these posts are or belong to."""
        posts = set(posts)
        derived.recount_questions({topic for model, topic in posts if model in (Question, Answer, Comment)})
        derived.recount_ideas({topic for model, topic in posts if model in (Idea, IdeaComment)})

    def _tag(self, through: Any, posts: Sequence[tuple[Post, Any]], model: type[Topic]) -> None:
        tagged = [
            (post, name)
            for record, post in posts
            if isinstance(post, model) and isinstance(record, (records.Question, records.Idea))
            for name in record.tags
        ]
        through.objects.bulk_create([through(content_object=post, tag=self._tag_named(name)) for post, name in tagged])

    def _tag_named(self, name: str) -> Tag:
        key = name.casefold()
        if key not in self.tags:
            self.tags[key] = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
        return self.tags[key]

    def _note_statuses(self, posts: Sequence[tuple[Post, Any]]) -> None:
        """The first line in the history of ideas that come with a status: since when, as far as the source tells."""
        now = timezone.now()
        StatusChange.objects.bulk_create(
            StatusChange(
                idea=idea,
                old_status=None,
                new_status=idea.status,
                changed_by=self.system,
                occurred_at=min(record.status_at or now, now),
                recorded_at=now,
                import_run=self.run,
            )
            for record, idea in posts
            if isinstance(record, records.Idea) and record.status
        )

    # What the source says of several posts

    def accept(self, chosen: Sequence[tuple[Place, Place]]) -> int:
        """Mark answers as accepted, each for its question, unless somebody here has chosen; gives how many."""
        if not chosen:
            return 0
        answers = {question.pk: answer.pk for question, answer in chosen}
        with self._batch():
            questions = Question.objects.select_for_update(of=("self",)).filter(pk__in=list(answers)).order_by("pk")
            undecided = [each for each in questions if each.accepted_answer_id in (None, answers[each.pk])]
            for question in undecided:
                question.accepted_answer_id = answers[question.pk]
            Question.objects.bulk_update(undecided, ["accepted_answer"])
            SourceAcceptance.objects.bulk_create(
                [SourceAcceptance(question=question, answer_id=answers[question.pk]) for question in undecided],
                update_conflicts=True,
                unique_fields=["question"],
                update_fields=["answer"],
            )
            derived.recount_questions({question.pk for question in undecided})
        return len(undecided)

    def is_linked(self, duplicate: Place, target: Place) -> bool:
        """Whether an import has made this link before, and it stands or was undone by a person."""
        return _is_linked(duplicate, target)

    def link(self, duplicate: Place, target: Place) -> None:
        """Merge a question or idea into another of its kind. Raises as the product's own merging does."""
        reason = f"Marked as a duplicate at {self.source.title}"
        with self._batch():
            if duplicate.model is Question:
                merge_question(
                    duplicate=Question.objects.get(pk=duplicate.pk),
                    target=Question.objects.get(pk=target.pk),
                    by=self.system,
                    reason=reason,
                    import_run=self.run,
                )
            else:
                merge_idea(
                    duplicate=Idea.objects.get(pk=duplicate.pk),
                    into=Idea.objects.get(pk=target.pk),
                    by=self.system,
                    reason=reason,
                    import_run=self.run,
                )

    def index(self) -> None:
        """Put what came into the search index, and what earlier runs could not because they did not finish.

        Its languages are detected later, by a worker.
        """
        unfinished = (ImportRun.State.RUNNING, ImportRun.State.FAILED)
        runs = ImportRun.objects.filter(format=self.run.format, state__in=unfinished).values_list("pk", flat=True)
        questions, ideas = derived.brought_by(list(runs))
        index_questions(questions.order_by("pk").values_list("pk", flat=True).iterator())
        index_ideas(ideas.order_by("pk").values_list("pk", flat=True).iterator())
        detect_languages.enqueue()


def _authors(posts: Iterable[Post]) -> dict[Person, datetime | None]:
    """Who wrote the posts, and when each of them first did."""
    since: dict[Person, datetime | None] = {}
    for post in posts:
        author = post.author or UNKNOWN
        moments = [moment for moment in (since.get(author), post.created_at) if moment]
        since[author] = min(moments, default=None)
    return since


def _is_linked(duplicate: Place, target: Place) -> bool:
    model: Any = duplicate.model
    edges: Any = QuestionMerge if model is Question else IdeaMerge
    canonical = dict(model.objects.filter(pk__in=(duplicate.pk, target.pk)).values_list("pk", "canonical"))
    goals = {target.pk, canonical[target.pk]}
    for edge in edges.objects.filter(duplicate=duplicate.pk, import_run__isnull=False).select_related("undone_by"):
        if edge.undone_at is None and canonical[duplicate.pk] in goals:
            return True
        if edge.undone_at is not None and edge.undone_by.handle != SYSTEM_HANDLE and edge.target_id in goals:
            return True
    return False
