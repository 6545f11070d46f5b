"""Taking back what an import brought and nobody has touched since."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import reset_queries, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Member
from community import families
from community.actions import undo_question_merge
from community.content import Content, Visibility
from community.models import (
    Answer,
    AnswerRevision,
    Comment,
    CommentRevision,
    Question,
    QuestionMerge,
    QuestionRevision,
)
from core.models import ImportRun
from exchange import derived
from exchange.models import SourceAcceptance
from exchange.people import system_member
from exchange.places import NOUNS
from ideas.actions import undo_idea_merge
from ideas.models import Comment as IdeaComment
from ideas.models import CommentRevision as IdeaCommentRevision
from ideas.models import (
    CostEstimate,
    Idea,
    IdeaMerge,
    IdeaRevision,
    PrivateNote,
    StatusChange,
    TrackerLink,
    Vote,
    VoteEvent,
)
from moderation.models import QuestionCard
from search.indexing import index_questions

BATCH = 200
REVISIONS: dict[type[Content], Any] = {
    Question: QuestionRevision,
    Answer: AnswerRevision,
    Comment: CommentRevision,
    Idea: IdeaRevision,
    IdeaComment: IdeaCommentRevision,
}


@dataclass
class Undone:
    """How much of what a run brought was taken back, and how much stays."""

    taken_back: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


def undo_import(*, run: ImportRun) -> Undone:
    """Take back what the run brought and nobody has touched since.

    Posts are deleted as a moderator would delete them, with a reason: nothing of them is lost, and importing again
    brings the same rows back. A post stays if somebody here has edited, hidden, restored or deleted it, chosen another
    accepted answer for it, voted for it, changed its status or merged it, or if something that stays stands below it.
    Members stay who wrote something that stays. A run that is still going on stops. Undoing twice takes back what was
    let go between.
    """
    ImportRun.objects.filter(pk=run.pk).exclude(state=ImportRun.State.UNDONE).update(
        state=ImportRun.State.UNDONE, undone_at=timezone.now()
    )
    run.refresh_from_db()
    work = _Undoing(run)
    work.carry_out()
    run.counts = {**run.counts, "taken_back": dict(+work.undone.taken_back), "kept": dict(+work.undone.kept)}
    run.save(update_fields=["counts"])
    return work.undone


class _Undoing:
    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.system = system_member()
        self.undone = Undone()

    def carry_out(self) -> None:
        self._unlink()
        below = (Answer, Comment)
        self._in_batches(self._topics(Question, "question", below), self._questions)
        self._in_batches(self._topics(Idea, "idea", (IdeaComment,)), self._ideas)
        self._in_batches(Member.objects.filter(import_run=self.run, is_active=True), self._members)

    def _in_batches(self, rows: QuerySet[Any], take_back: Any) -> None:
        last = 0
        while pks := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                take_back(pks)
            last = pks[-1]
            reset_queries()

    def _topics(self, model: Any, name: str, below: Iterable[Any]) -> QuerySet[Any]:
        """The topics that the run brought, or brought something below."""
        brought = Q(import_run=self.run)
        for part in below:
            brought |= Q(Exists(part.objects.filter(**{name: OuterRef("pk")}, import_run=self.run)))
        topics: QuerySet[Any] = model.objects.filter(brought)
        return topics

    # Links between duplicates

    def _unlink(self) -> None:
        for question_edge in QuestionMerge.objects.standing().filter(import_run=self.run):
            undo_question_merge(edge=question_edge, by=self.system)
            self.undone.taken_back["duplicate links"] += 1
        for idea_edge in IdeaMerge.objects.standing().filter(import_run=self.run):
            if idea_edge.votes_apart.exists():
                self.undone.kept["duplicate links"] += 1
            else:
                undo_idea_merge(edge=idea_edge, by=self.system)
                self.undone.taken_back["duplicate links"] += 1

    # Posts

    def _questions(self, pks: list[int]) -> None:
        list(Question.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
        accepted = SourceAcceptance.objects.filter(question=OuterRef("pk"))
        as_accepted = Exists(accepted.filter(answer=OuterRef("accepted_answer")))
        nothing_accepted = Q(accepted_answer__isnull=True) & ~Q(Exists(accepted))
        chosen_here = ~(Q(as_accepted) | nothing_accepted)
        accepted_here = Q(accepted_for__isnull=False) & ~Q(
            Exists(SourceAcceptance.objects.filter(answer=OuterRef("pk")))
        )
        in_them = {"question__in": pks}
        kept_answers, commented = self._take_back(Comment, in_them, ("answer_id", "question_id"))
        (answered,) = self._take_back(Answer, in_them, ("question_id",), kept_answers, accepted_here)
        kept = commented | answered
        on_kanban = Q(Exists(QuestionCard.objects.filter(question=OuterRef("pk"), version__gt=0)))
        self._take_back(Question, {"pk__in": pks}, (), kept, chosen_here | on_kanban | _is_merged(QuestionMerge))
        derived.recount_questions(pks)
        index_questions(
            Question.objects.filter(pk__in=pks).exclude(visibility=Visibility.DELETED).values_list("pk", flat=True)
        )

    def _ideas(self, pks: list[int]) -> None:
        families.lock(Idea, *pks)
        by_people = {"idea": OuterRef("pk"), "import_run__isnull": True}
        voted = Q(Exists(VoteEvent.objects.filter(**by_people)))
        moved = Q(Exists(StatusChange.objects.filter(**by_people)))
        planned = Q(owner__isnull=False) | ~Q(target_quarter="")
        for model in (TrackerLink, PrivateNote, CostEstimate):
            planned |= Q(Exists(model._default_manager.filter(idea=OuterRef("pk"))))
        (commented,) = self._take_back(IdeaComment, {"idea__in": pks}, ("idea_id",))
        self._take_back(Idea, {"pk__in": pks}, (), commented, voted | moved | planned | _is_merged(IdeaMerge))
        derived.recount_ideas(pks)

    def _take_back(
        self,
        model: type[Content],
        where: dict[str, Any],
        parents: tuple[str, ...],
        needed: Collection[int] = (),
        touched: Q | None = None,
    ) -> list[set[int]]:
        """Delete the run's posts among these, but for those that are needed or that somebody has touched.

        Gives, for each of the parent columns, the keys that the posts which stay hold there.
        """
        revisions = REVISIONS[model]
        by_others = Q(visibility_by__isnull=False) & ~Q(visibility_by=self.system.pk)
        edited = Q(Exists(revisions.objects.filter(content=OuterRef("pk"))))
        changed = by_others | Q(visibility=Visibility.HELD) | edited | (touched or Q())
        posts = model._default_manager.filter(**where).annotate(
            is_touched=ExpressionWrapper(changed, output_field=BooleanField())
        )
        free: list[int] = []
        kept: list[set[int]] = [set() for _ in parents]
        fields = ("pk", "import_run_id", "visibility", "visibility_by_id", "is_touched")
        for pk, run, visibility, by, is_touched, *above in posts.values_list(*fields, *parents):
            is_deleted = visibility == Visibility.DELETED
            if run == self.run.pk and not (is_deleted or is_touched or pk in needed):
                free.append(pk)
                continue
            if not is_deleted:
                for keys, key in zip(kept, above, strict=True):
                    keys.add(key)
            if run == self.run.pk and not (is_deleted and by == self.system.pk):
                self.undone.kept[NOUNS[model]] += 1
        self.undone.taken_back[NOUNS[model]] += len(free)
        model._default_manager.filter(pk__in=free).update(
            visibility=Visibility.DELETED,
            visibility_by=self.system,
            visibility_reason=f"Import {self.run.pk} was undone",
            visibility_at=self.run.undone_at,
        )
        return kept

    # Members

    def _members(self, pks: list[int]) -> None:
        members = Member.objects.filter(pk__in=pks)
        needed = (
            Q(email__isnull=False) | Q(last_login__isnull=False) | Q(Exists(Vote.objects.filter(member=OuterRef("pk"))))
        )
        for model in NOUNS:
            written = model._default_manager.filter(author=OuterRef("pk")).exclude(visibility=Visibility.DELETED)
            needed |= Q(Exists(written))
        taken_back = members.exclude(needed).update(is_active=False)
        self.undone.taken_back["members"] += taken_back
        self.undone.kept["members"] += len(pks) - taken_back


def _is_merged(edges: Any) -> Q:
    """Whether a link with another post stands."""
    standing = edges.objects.standing()
    return Q(Exists(standing.filter(duplicate=OuterRef("pk")))) | Q(Exists(standing.filter(target=OuterRef("pk"))))
