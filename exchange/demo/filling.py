"""Fills an empty site with the demo community: its history is a list of acts, done one after the other.

Actions record what they do as done now. What may be changed afterwards is dated back here: posts, merges, edits. Lines
of the ledgers are never changed; their actions are told when it happened.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts import roles
from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member, Organisation
from accounts.organisations import record
from community import actions as forum_actions
from community import families
from community.content import Content
from community.models import Answer, Question, QuestionMerge
from core.errors import ConflictError
from core.models import ImportRun
from exchange.demo import places, voters
from exchange.demo.reading import Block, Community, Thread, midnight, read_community, span
from ideas import actions as board_actions
from ideas import tally
from ideas.models import Idea, IdeaMerge, Status
from moderation.actions import hide_post
from moderation.models import PostLogEntry

KIND = "demo"
ROLES = {
    "advocate": roles.ADVOCATES,
    "moderator": roles.MODERATORS,
    "product manager": roles.PRODUCT_MANAGERS,
    "administrator": roles.ADMINISTRATORS,
}
MERGING_HOUR = timedelta(hours=10, minutes=30)


class SiteInUseError(ConflictError):
    sentence = (
        "This site has content or members of its own. The demo community goes into an empty one only; "
        "without it, start with DEMO=no."
    )


@dataclass(frozen=True, order=True)
class Act:
    """Something that somebody did. Acts of the same moment keep the order of the texts."""

    moment: datetime
    do: Callable[[], None] = field(compare=False)


def is_filled() -> bool:
    return ImportRun.objects.filter(kind=KIND, state=ImportRun.State.DONE).exists()


@transaction.atomic
def fill() -> bool:
    """Fill the site, all of it or nothing; False, and nothing changes, where that was done before.

    Raises SiteInUseError.
    """
    if is_filled():
        return False
    check_is_empty()
    community = read_community()
    run = ImportRun.objects.create(kind=KIND, format="demo", name=community.site["site"]["name"])
    filling = Filling(community, timezone.now())
    filling.fill()
    run.state, run.counts, run.finished_at = ImportRun.State.DONE, filling.counts(), timezone.now()
    run.save(update_fields=["state", "counts", "finished_at"])
    return True


def check_is_empty() -> None:
    """Raises SiteInUseError where anybody has begun to use the site."""
    members = Member.objects.exclude(handle=SYSTEM_HANDLE)
    rows: list[Any] = [members, Organisation.objects, Question.objects, Idea.objects]
    if places.exist() or any(found.exists() for found in rows):
        raise SiteInUseError


class Filling:
    """One filling of an empty site; `now` decides to which days the history falls."""

    def __init__(self, community: Community, now: datetime) -> None:
        self.community = community
        self.today = midnight(now)
        self.joined = voters.joining(community, self.today)
        self.members: dict[str, Member] = {}
        self.pages: dict[str, Any] = {}
        self.statuses: dict[tuple[str, str], Status] = {}
        self.threads: dict[str, Any] = {}
        self.answers: dict[str, list[Answer]] = defaultdict(list)

    def fill(self) -> None:
        self.add_members()
        home, self.pages = places.add(self.community)
        self.statuses = {(status.board.slug, status.name): status for status in Status.objects.select_related("board")}
        for act in sorted(self.acts()):
            act.do()
        for said in self.community.site["roadmap"]:
            self.arrange(said)
        places.add_changelog(home, self.community, self.threads, self.members, self.today)
        places.announce(home, self.community, self.threads)

    def counts(self) -> dict[str, int]:
        """What is there now, for the record of the run."""
        return {
            "members": len(self.members),
            "organisations": len(self.community.organisations),
            "questions": len(self.community.questions),
            "ideas": len(self.community.ideas),
        }

    # People

    def add_members(self) -> None:
        homes = {
            row.slug: Organisation.objects.create(
                name=row.name, plan=row.plan, segment=row.segment, yearly_value=row.yearly_value
            )
            for row in self.community.organisations
        }
        for organisation in homes.values():
            record(organisation, by=None)
        groups = {name: Group.objects.get(name=group) for name, group in ROLES.items()}
        beta = Group.objects.create(name=places.BETA_GROUP)
        for person in sorted(self.community.people, key=lambda person: self.joined[person.handle]):
            member = Member.objects.create_user(
                person.handle,
                person.email,
                person.password,
                name=person.name,
                organisation=homes.get(person.organisation),
                language=person.language,
                time_zone=person.time_zone,
                date_joined=self.joined[person.handle],
            )
            member.groups.add(
                *([groups[person.role]] if person.role in groups else []), *([beta] if person.beta else [])
            )
            self.members[person.handle] = member
        EmailAddress.objects.bulk_create(
            EmailAddress(user=member, email=member.email, verified=True, primary=True)
            for member in self.members.values()
        )

    # History

    def acts(self) -> Iterator[Act]:
        for thread in self.community.questions:
            yield Act(thread.begins(self.today), partial(self.ask, thread))
            if thread.hidden:
                yield Act(thread.begins(self.today) + span(thread.hidden["after"]), partial(self.hide, thread))
            yield from self.acts_of_question(thread)
        for thread in self.community.ideas:
            yield Act(thread.begins(self.today), partial(self.propose, thread))
            yield from self.acts_of_idea(thread)
            yield from self.votes_on(thread)
        for merge in self.community.site["merges"]:
            yield Act(self.merged_at(merge), partial(self.merge, merge))

    def acts_of_question(self, thread: Thread) -> Iterator[Act]:
        begins = thread.begins(self.today)
        answers = 0
        for block in thread.blocks:
            moment = begins + block.after
            if block.kind == "answer":
                yield Act(moment, partial(self.answer, thread, block))
                if block.accepted_after is not None:
                    yield Act(begins + block.accepted_after, partial(self.accept, thread, answers))
                answers += 1
            elif block.kind == "comment":
                yield Act(moment, partial(self.comment_on_question, thread, block))
            elif block.kind == "reply":
                yield Act(moment, partial(self.comment_on_question, thread, block, answers - 1))
            elif block.kind == "edit":
                yield Act(moment, partial(self.edit, thread, block, forum_actions.edit_question))
            else:
                raise ValueError(f"{thread.slug}: a question has no {block.kind}")

    def acts_of_idea(self, thread: Thread) -> Iterator[Act]:
        begins = thread.begins(self.today)
        for block in thread.blocks:
            moment = begins + block.after
            if block.kind == "comment":
                yield Act(moment, partial(self.comment_on_idea, thread, block))
            elif block.kind == "status":
                yield Act(moment, partial(self.change_status, thread, block))
            elif block.kind == "edit":
                yield Act(moment, partial(self.edit, thread, block, board_actions.edit_idea))
            else:
                raise ValueError(f"{thread.slug}: an idea has no {block.kind}")

    def votes_on(self, thread: Thread) -> Iterator[Act]:
        """As voters.py works them out, until the idea was done with, or merged, or yesterday evening."""
        begins = thread.begins(self.today)
        ends = [self.today - timedelta(hours=2)]
        ends += [
            begins + block.after
            for block in thread.blocks
            if block.kind == "status" and not self.statuses[thread.page, block.status].accepts_votes
        ]
        ends += [self.merged_at(merge) for merge in self.community.site["merges"] if merge["duplicate"] == thread.slug]
        for ballot in voters.ballots(
            thread,
            self.community,
            self.joined,
            begins=begins,
            closes=min(ends),
            for_everyone=not places.is_for_a_group(self.community, thread.page),
        ):
            yield Act(ballot.cast_at, partial(self.vote, thread, ballot))
            if ballot.withdrawn_at is not None:
                yield Act(ballot.withdrawn_at, partial(self.withdraw, thread, ballot))

    def merged_at(self, merge: dict[str, Any]) -> datetime:
        return self.today - timedelta(days=merge["days_ago"]) + MERGING_HOUR

    # What the acts do

    def ask(self, thread: Thread) -> None:
        question = forum_actions.ask_question(
            forum=self.pages[thread.page],
            by=self.members[thread.author],
            title=thread.title,
            body=thread.body,
            tags=thread.tags,
        )
        self.threads[thread.slug] = question
        begins = thread.begins(self.today)
        Question.objects.filter(pk=question.pk).update(created_at=begins, last_activity_at=begins)

    def propose(self, thread: Thread) -> None:
        idea = board_actions.post_idea(
            board=self.pages[thread.page],
            by=self.members[thread.author],
            title=thread.title,
            body=thread.body,
            tags=thread.tags,
            occurred_at=thread.begins(self.today),
        )
        self.threads[thread.slug] = idea
        if thread.before:
            Idea.objects.filter(pk=idea.pk).update(base_votes=thread.before)
            tally.recount(tally.Family(families.lock(Idea, idea.pk)))

    def answer(self, thread: Thread, block: Block) -> None:
        question = self.threads[thread.slug]
        answer = forum_actions.post_answer(question=question, by=self.members[block.author], body=block.body)
        self.answers[thread.slug].append(answer)
        self.date_below(thread, block, answer)

    def accept(self, thread: Thread, number: int) -> None:
        forum_actions.accept_answer(answer=self.answers[thread.slug][number], by=self.members[thread.author])

    def comment_on_question(self, thread: Thread, block: Block, answer: int | None = None) -> None:
        comment = forum_actions.post_comment(
            question=self.threads[thread.slug],
            by=self.members[block.author],
            body=block.body,
            answer=None if answer is None else self.answers[thread.slug][answer],
        )
        self.date_below(thread, block, comment)

    def comment_on_idea(self, thread: Thread, block: Block) -> None:
        comment = board_actions.post_comment(
            idea=self.threads[thread.slug], by=self.members[block.author], body=block.body
        )
        self.date_below(thread, block, comment)

    def date_below(self, thread: Thread, block: Block, post: Content) -> None:
        """A new post below a thread is from the moment that the text gives it."""
        moment = thread.begins(self.today) + block.after
        type(post)._default_manager.filter(pk=post.pk).update(created_at=moment)
        topic = self.threads[thread.slug]
        type(topic)._default_manager.filter(pk=topic.pk).update(last_activity_at=moment)

    def edit(self, thread: Thread, block: Block, action: Callable[..., Any]) -> None:
        topic = self.threads[thread.slug]
        name = "question" if isinstance(topic, Question) else "idea"
        action(**{name: topic}, by=self.members[block.author], title=thread.title, body=block.body, tags=thread.tags)
        moment = thread.begins(self.today) + block.after
        type(topic)._default_manager.filter(pk=topic.pk).update(edited_at=moment)
        topic.revisions.update(replaced_at=moment)

    def hide(self, thread: Thread) -> None:
        question, said = self.threads[thread.slug], thread.hidden
        hide_post(post=question, by=self.members[said["by"]], reason=said["reason"])
        moment = thread.begins(self.today) + span(said["after"])
        Question.objects.filter(pk=question.pk).update(visibility_at=moment)
        PostLogEntry.objects.for_instance(question).update(timestamp=moment)

    def change_status(self, thread: Thread, block: Block) -> None:
        board_actions.change_status(
            idea=self.threads[thread.slug],
            status=self.statuses[thread.page, block.status],
            by=self.members[block.author],
            answer=block.body,
            occurred_at=thread.begins(self.today) + block.after,
        )

    def arrange(self, said: dict[str, Any]) -> None:
        """Put an idea into its place on the roadmap, and say for which quarter it is meant."""
        idea = self.threads[said["idea"]]
        if "before" in said:
            board_actions.place_on_roadmap(idea=idea, before=self.threads[said["before"]], by=self.members[said["by"]])
        quarters = self.today.year * 4 + (self.today.month - 1) // 3 + said["quarters_ahead"]
        Idea.objects.filter(pk=idea.pk).update(target_quarter=f"{quarters // 4}-Q{quarters % 4 + 1}")

    def vote(self, thread: Thread, ballot: voters.Ballot) -> None:
        board_actions.cast_vote(
            idea=self.threads[thread.slug], by=self.members[ballot.handle], occurred_at=ballot.cast_at
        )

    def withdraw(self, thread: Thread, ballot: voters.Ballot) -> None:
        board_actions.withdraw_vote(
            idea=self.threads[thread.slug], by=self.members[ballot.handle], occurred_at=ballot.withdrawn_at
        )

    def merge(self, merge: dict[str, Any]) -> None:
        duplicate, target = self.threads[merge["duplicate"]], self.threads[merge["target"]]
        by, reason = self.members[merge["by"]], merge["reason"]
        edge: IdeaMerge | QuestionMerge
        if merge["kind"] == "idea":
            edge = board_actions.merge_idea(duplicate=duplicate, into=target, by=by, reason=reason)
        else:
            edge = forum_actions.merge_question(duplicate=duplicate, target=target, by=by, reason=reason)
        type(edge)._default_manager.filter(pk=edge.pk).update(merged_at=self.merged_at(merge))
