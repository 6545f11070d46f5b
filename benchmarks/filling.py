"""Filling a site: PostgreSQL itself makes the rows, a million ideas in minutes, and all that is stored holds.

Rows are made by INSERT … SELECT past the actions, so what actions keep is kept here: every vote has its line in the
ledger, and counts and Trending are computed from the votes. `rebuild_votes --check` finds nothing to say.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.color import no_style
from django.db import connection, models, transaction
from taggit.models import Tag

from accounts.models import Member, Organisation
from accounts.roles import CUSTOMERS
from benchmarks import texts
from community.models import Answer, ForumPage, Question, TaggedQuestion
from community.models import Comment as QuestionComment
from exchange.derived import recount_questions
from ideas import tally
from ideas.models import Comment, Idea, IdeaBoardPage, Status, StatusChange, TaggedIdea, Vote, VoteEvent

ORGANISATIONS = 60
# The first idea and the first question are those whose pages are measured: with so many posts below them.
POSTS_BELOW = 30
ANSWERS_BELOW = 10

# Tables that grow long: their indexes are made after the rows.
LONG = (Idea, TaggedIdea, Comment, Vote, VoteEvent, StatusChange, Question, TaggedQuestion, Answer, QuestionComment)


@dataclass(frozen=True)
class Plan:
    """How much of everything. `votes` and `comments` are means: each idea has between none and twice as many."""

    ideas: int = 10_000
    votes: int = 20
    comments: int = 3
    members: int = 5_000
    questions: int = 10_000


@transaction.atomic
def fill(plan: Plan, *, board: IdeaBoardPage, forum: ForumPage) -> None:
    """Fill an empty board and an empty forum with new members' ideas, votes, questions and answers."""
    with connection.cursor() as cursor:
        with in_bulk(cursor, LONG):
            filling = Filling(cursor, plan, board, forum)
            filling.add_members()
            filling.add_ideas()
            filling.add_votes()
            filling.add_comments()
            filling.add_questions()
            filling.count_below_ideas()
        # Each question looks for what is below it, which takes the indexes.
        filling.count_below_questions()
    _move_sequences()


def settle() -> None:
    """What a database does by itself in the hours after such a filling."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def cast_votes(cursor: Any, votes: str, parameters: Sequence[Any] = ()) -> None:
    """Cast these votes: a query of (idea, member, cast_at), none of which is there yet. Counts are not brought up."""
    source = f"({votes}) vote"
    insert(cursor, Vote, source, parameters, idea="vote.idea", member="vote.member", is_cast="true", cast_at="cast_at")
    source += (
        f" JOIN {_table(Member)} member ON member.id = vote.member"
        f" LEFT JOIN {_table(Organisation)} organisation ON organisation.id = member.organisation_id"
    )
    insert(
        cursor,
        VoteEvent,
        f"{source} ORDER BY vote.cast_at, vote.idea, vote.member",
        parameters,
        idea="vote.idea",
        member="vote.member",
        kind="'cast'",
        clicked="vote.idea",
        occurred_at="cast_at",
        recorded_at="cast_at",
        organisation="organisation.id",
        plan="coalesce(organisation.plan, '')",
    )


def insert(cursor: Any, model: type[models.Model], source: str, parameters: Sequence[Any] = (), **columns: str) -> None:
    """Add a row of the model for each row of the source (what follows FROM), with these SQL expressions by field.

    Fields that are not named get their defaults. Raises ValueError for one that has none and must have a value.
    """
    names, expressions, values = [], [], []
    for field in model._meta.concrete_fields:
        if field.name in columns:
            expression = columns.pop(field.name)
        elif field.generated or field.primary_key or field.has_db_default():
            continue
        elif (value := field.get_default()) is None and not field.null:
            raise ValueError(f"Say what {model._meta.label}.{field.name} is to be; it has no default.")
        else:
            expression = "%s"
            values.append(field.get_db_prep_save(value, connection))
        names.append(connection.ops.quote_name(str(field.column)))
        expressions.append(expression)
    if columns:
        raise ValueError(f"{model._meta.label} has no {', '.join(columns)}.")
    statement = f"INSERT INTO {_table(model)} ({', '.join(names)}) SELECT {', '.join(expressions)} FROM {source}"
    cursor.execute(statement, [*values, *parameters])


class Filling:
    """The steps of `fill`. Rows are numbered from 1 as `i`; what differs between them follows from the number."""

    def __init__(self, cursor: Any, plan: Plan, board: IdeaBoardPage, forum: ForumPage) -> None:
        self.cursor, self.plan, self.board, self.forum = cursor, plan, board, forum
        self.before = {model: _last(model) for model in (Member, Idea, Question, Answer)}
        for name, rows in (("topic_text", texts.topics()), ("remark_text", texts.remarks())):
            cursor.execute(
                f"CREATE TEMPORARY TABLE {name} (n int PRIMARY KEY, body text, body_html text, excerpt text) "
                f"ON COMMIT DROP"
            )
            cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s, %s, %s)", [(n, *row) for n, row in enumerate(rows)])
        self.texts = len(rows)

    def add_members(self) -> None:
        organisations = Organisation.objects.bulk_create(
            Organisation(name=f"Company {n}", plan=("Basic", "Team", "Enterprise")[n % 3], yearly_value=1_000 * n)
            for n in range(1, ORGANISATIONS + 1)
        )
        first = organisations[0].pk
        insert(
            self.cursor,
            Member,
            self._numbers(self.plan.members),
            id=f"i + {self.before[Member]}",
            handle="'customer-' || i",
            name=f"{_one_of(texts.NAMES, 'i')} || ' ' || i",
            email="'customer-' || i || '@example.com'",
            password="'!' || md5(i::text)",  # noqa: S106 -- with it nobody signs in
            organisation=f"CASE WHEN mod(i, 6) > 0 THEN {first} + mod(i, {ORGANISATIONS}) END",
        )
        customers = Group.objects.get(name=CUSTOMERS)
        insert(
            self.cursor,
            Member.groups.through,
            self._numbers(self.plan.members),
            member=f"i + {self.before[Member]}",
            group=str(customers.pk),
        )

    def add_ideas(self) -> None:
        self._add_topics(
            Idea,
            self.plan.ideas,
            {
                "board": str(self.board.pk),
                "status": self._status("i"),
                "recorded_at": _moment(self.plan.ideas),
            },
        )
        first = self.board.first_status
        insert(
            self.cursor,
            StatusChange,
            f"{self._numbers(self.plan.ideas)} JOIN {_table(Idea)} idea ON idea.id = i + {self.before[Idea]} "
            f"WHERE idea.status_id <> {first.pk} ORDER BY i",
            idea="idea.id",
            old_status=str(first.pk),
            new_status="idea.status_id",
            changed_by=self._member("0"),
            occurred_at="idea.created_at + (now() - idea.created_at) / 2",
            recorded_at="idea.created_at + (now() - idea.created_at) / 2",
        )

    def add_votes(self) -> None:
        most = min(2 * self.plan.votes, self.plan.members)
        cast_votes(
            self.cursor,
            f"SELECT idea.id AS idea, {self._member('i * 7919 + k')} AS member, "
            f"idea.created_at + (now() - idea.created_at) * ((k + 1)::float8 / (n + 1)) AS cast_at "
            f"FROM (SELECT *, id - {self.before[Idea]} AS i, mod((id - {self.before[Idea]}) * 104729, {most + 1}) AS n "
            f"FROM {_table(Idea)} WHERE id > {self.before[Idea]}) idea, generate_series(0, n - 1) k",
        )

    def add_comments(self) -> None:
        insert(
            self.cursor,
            Comment,
            f"(SELECT *, id - {self.before[Idea]} AS i FROM {_table(Idea)} WHERE id > {self.before[Idea]}) idea, "
            f"generate_series(1, CASE i WHEN 1 THEN {POSTS_BELOW} ELSE mod(i, {2 * self.plan.comments + 1}) END) k "
            f"JOIN remark_text text ON text.n = mod(k, {self.texts})",
            **self._post("i * 31 + k", "idea.created_at + (now() - idea.created_at) * (k / 200.0)"),
            idea="idea.id",
        )

    def add_questions(self) -> None:
        self._add_topics(Question, self.plan.questions, {"forum": str(self.forum.pk)})
        questions = (
            f"(SELECT *, id - {self.before[Question]} AS i FROM {_table(Question)} "
            f"WHERE id > {self.before[Question]}) question"
        )
        insert(
            self.cursor,
            Answer,
            f"{questions}, generate_series(1, CASE i WHEN 1 THEN {ANSWERS_BELOW} ELSE mod(i, 4) END) k "
            f"JOIN topic_text text ON text.n = mod(k, {self.texts})",
            **self._post("i * 37 + k", "question.created_at + (now() - question.created_at) * (k / 200.0)"),
            question="question.id",
        )
        on_each = (POSTS_BELOW - ANSWERS_BELOW) // ANSWERS_BELOW
        insert(
            self.cursor,
            QuestionComment,
            f"{questions} JOIN {_table(Answer)} answer ON answer.question_id = question.id, "
            f"generate_series(1, CASE i WHEN 1 THEN {on_each} ELSE mod(i, 2) END) k "
            f"JOIN remark_text text ON text.n = mod(k, {self.texts})",
            **self._post("i * 41 + k", "answer.created_at + (now() - answer.created_at) * (k / 200.0)"),
            question="question.id",
            answer="answer.id",
        )

    def count_below_ideas(self) -> None:
        """What is stored about the rows below ideas."""
        self.cursor.execute("ANALYZE")
        count_support(self.cursor, self.board, f"id > {self.before[Idea]}")
        self.cursor.execute(
            f"UPDATE {_table(Idea)} idea SET comment_count = found.comments, discussion_count = found.comments, "
            f"last_activity_at = found.latest "
            f"FROM (SELECT idea_id, count(*) AS comments, max(created_at) AS latest FROM {_table(Comment)} "
            f"WHERE idea_id > {self.before[Idea]} GROUP BY idea_id) found WHERE idea.id = found.idea_id"
        )

    def count_below_questions(self) -> None:
        """What is stored about the rows below questions."""
        self.cursor.execute(
            f"UPDATE {_table(Question)} question SET accepted_answer_id = found.answer "
            f"FROM (SELECT question_id, min(id) AS answer FROM {_table(Answer)} "
            f"WHERE question_id > {self.before[Question]} AND mod(question_id, 2) = 0 GROUP BY question_id) found "
            f"WHERE question.id = found.question_id"
        )
        new = list(Question.objects.filter(pk__gt=self.before[Question]).values_list("pk", flat=True))
        for start in range(0, len(new), 10_000):
            recount_questions(new[start : start + 10_000])

    def _add_topics(self, model: Any, many: int, columns: dict[str, str]) -> None:
        title = " || ' ' || ".join(
            (_one_of(texts.VERBS, "i"), _one_of(texts.OBJECTS, "i"), _one_of(texts.ENDS, "i"), "i")
        )
        insert(
            self.cursor,
            model,
            f"(SELECT i, {title} AS title FROM {self._numbers(many)}) topic "
            f"JOIN topic_text text ON text.n = mod(i, {self.texts}) ORDER BY i",
            id=f"i + {self.before[model]}",
            title="title",
            slug="left(regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g'), 80)",
            last_activity_at=_moment(many),
            **self._post("i * 7919", _moment(many)),
            **columns,
        )
        tags = [Tag.objects.get_or_create(name=name, defaults={"slug": name})[0].pk for name in texts.TAGS]
        ids = f"(ARRAY{tags})"
        insert(
            self.cursor,
            model.tags.through,
            f"{self._numbers(many)}, generate_series(0, mod(i, 3)) k",
            tag=f"{ids}[1 + mod(i * 7 + k * (1 + mod(i, 6)), {len(tags)})]",
            content_object=f"i + {self.before[model]}",
        )

    def _post(self, number: str, created_at: str) -> dict[str, str]:
        """The columns of any post; the number chooses its author."""
        return {
            "author": self._member(number),
            "body": "text.body",
            "body_html": "text.body_html",
            "excerpt": "text.excerpt",
            "created_at": created_at,
        }

    def _member(self, number: str) -> str:
        return f"1 + {self.before[Member]} + mod({number}, {self.plan.members})"

    def _status(self, number: str) -> str:
        """Three in four ideas are open; the others are anywhere on their way."""
        statuses = list(Status.objects.filter(board=self.board))
        first = self.board.first_status
        ids = [status.pk for status in statuses if status.pk != first.pk] or [first.pk]
        return f"CASE WHEN mod({number}, 4) > 0 THEN {first.pk} ELSE {_one_of(ids, f'{number} / 4')} END"

    @staticmethod
    def _numbers(many: int) -> str:
        return f"generate_series(1::bigint, {many}) i"


def count_support(cursor: Any, board: IdeaBoardPage, condition: str) -> None:
    """Store the supporters and Trending of ideas of the board that are in no merge, from their votes."""
    rate = tally.decay(board.half_life_days)
    cursor.execute(
        f"UPDATE {_table(Idea)} idea SET supporter_count = found.people, trending = found.trending FROM ("
        f"SELECT idea_id, count(*) AS people, round(({rate!r} * extract(epoch FROM now())::float8 "
        f"+ ln(sum(exp({rate!r} * extract(epoch FROM cast_at - now())::float8))))::numeric, {tally.DECIMALS}) "
        f"AS trending FROM {_table(Vote)} WHERE idea_{condition} GROUP BY idea_id) found "
        f"WHERE idea.id = found.idea_id"
    )


@contextmanager
def in_bulk(cursor: Any, filled: Sequence[type[models.Model]]) -> Iterator[None]:
    """Without looking up foreign keys, which are right, and without the indexes of these models, until the block ends.

    The index of a key stays, unless the key is of several columns.
    """
    # What earlier statements of the transaction have still to look up stands in the way of dropping indexes.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute("SET LOCAL work_mem = '512MB'")
    cursor.execute(
        "SELECT index.indrelid::regclass::text, index.indexrelid::regclass::text, "
        "pg_get_indexdef(index.indexrelid), rule.conname, pg_get_constraintdef(rule.oid) FROM pg_index index "
        "LEFT JOIN pg_constraint rule ON rule.conindid = index.indexrelid AND rule.contype IN ('u', 'p') "
        "WHERE index.indrelid = ANY (%s::regclass[]) AND (NOT index.indisprimary OR index.indnkeyatts > 1)",
        [[model._meta.db_table for model in filled]],
    )
    indexes = cursor.fetchall()
    for table, index, _, constraint, _ in indexes:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"' if constraint else f"DROP INDEX {index}")
    yield
    for table, _, definition, constraint, rule in indexes:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {rule}' if constraint else definition)
    cursor.execute("SET LOCAL session_replication_role = origin")


def _move_sequences() -> None:
    """Let what people add get keys after those that were given here."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Member, *LONG]):
            cursor.execute(statement)


def _table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _last(model: Any) -> int:
    return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)


def _moment(many: int) -> str:
    """When the i-th of many topics was written: evenly over the last two years."""
    return f"now() - interval '2 years' * ({many} - i + 1) / {many}"


def _one_of(choices: Sequence[str | int], number: str) -> str:
    """One of the choices, by the number."""
    values = ", ".join(f"'{choice}'" if isinstance(choice, str) else str(choice) for choice in choices)
    return f"(ARRAY[{values}])[1 + mod({number}, {len(choices)})]"
