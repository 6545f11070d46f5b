"""`manage.py demo`: the whole community, filled once for all tests of the class."""

import hashlib
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone

from accounts.models import Member, Organisation
from community import families
from community.counts import wrong_questions
from community.models import Answer, ForumPage, Question, QuestionMerge
from community.models import Comment as QuestionComment
from exchange.demo import filling
from exchange.demo.reading import Community, read_community
from ideas import tally
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaMerge, StatusChange, VoteEvent
from moderation.models import PostLogEntry
from pages.models import HomePage, StandardPage

pytestmark = pytest.mark.django_db


def run() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def digest() -> dict[str, tuple[int, str]]:
    """The number of rows of every table, and a hash of what they say."""
    result = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = sorted(map(repr, cursor.fetchall()))
            result[table] = (len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
    return result


class TestFilled(TestCase):
    community: Community
    out: str

    @classmethod
    def setUpTestData(cls) -> None:
        cls.community = read_community()
        cls.out = run()

    def test_there_is_as_much_of_everything_as_promised(self) -> None:
        assert Member.objects.exclude(pk=Member.objects.system().pk).count() == 200
        assert Organisation.objects.count() == 12
        assert (Question.objects.count(), Idea.objects.count()) == (len(self.community.questions), 80)
        assert (HomePage.objects.count(), StandardPage.objects.count()) == (1, 2)

    def test_every_text_is_on_the_site(self) -> None:
        blocks = [block for thread in self.community.questions for block in thread.blocks]
        kinds = [block.kind for block in blocks]
        assert Answer.objects.count() == kinds.count("answer")
        assert QuestionComment.objects.count() == kinds.count("comment") + kinds.count("reply")
        accepted = sum(block.accepted_after is not None for block in blocks)
        assert Question.objects.filter(is_solved=True).count() == accepted
        blocks = [block for thread in self.community.ideas for block in thread.blocks]
        kinds = [block.kind for block in blocks]
        assert IdeaComment.objects.count() == kinds.count("comment")
        assert StatusChange.objects.count() == kinds.count("status")

    def test_history_goes_back_for_months_and_ends_before_today(self) -> None:
        today = filling.midnight(timezone.now())
        moments: list[Any] = []
        for model in (Question, Answer, QuestionComment, Idea, IdeaComment):
            moments += model._base_manager.values_list("created_at", flat=True)
        for model in (VoteEvent, StatusChange):
            moments += model._base_manager.values_list("occurred_at", flat=True)
        moments += Question.objects.values_list("last_activity_at", flat=True)
        assert max(moments) < today
        assert today - timedelta(days=440) < min(moments) < today - timedelta(days=400)

    def test_posts_come_after_what_they_are_about_and_after_their_authors(self) -> None:
        for answer in Answer.objects.select_related("question", "author"):
            assert answer.author.date_joined < answer.created_at
            assert answer.question.created_at < answer.created_at <= answer.question.last_activity_at
        for event in VoteEvent.objects.select_related("member", "idea"):
            assert event.member.date_joined < event.occurred_at
            assert event.idea.created_at <= event.occurred_at

    def test_stored_supporters_are_those_that_the_votes_give(self) -> None:
        for idea in Idea.objects.filter(canonical__isnull=True):
            with transaction.atomic():
                supporters = tally.Family(families.lock(Idea, idea.pk)).supporters()
            assert idea.supporter_count == len(supporters[idea.pk]), idea

    def test_ideas_have_the_supporters_that_the_texts_give_them(self) -> None:
        merged = {slug for merge in self.community.site["merges"] for slug in (merge["duplicate"], merge["target"])}
        said = {idea.title: idea.supporters for idea in self.community.ideas if idea.slug not in merged}
        stored = dict(Idea.objects.filter(title__in=said).values_list("title", "supporter_count"))
        assert stored == said

    def test_stored_counts_of_questions_are_those_of_their_rows(self) -> None:
        assert list(wrong_questions()) == []

    def test_some_duplicates_are_merged_and_some_are_left(self) -> None:
        titles = {thread.slug: thread.title for thread in self.community.ideas}
        root = Idea.objects.get(title=titles["swap-without-waiting-for-a-manager"])
        assert Idea.objects.filter(canonical=root).count() == 2
        assert IdeaMerge.objects.standing().count() == 3
        assert QuestionMerge.objects.count() == 1
        for group in self.community.site["duplicates"]:
            left = Idea.objects.filter(title__in=[titles[slug] for slug in group["ideas"]], canonical__isnull=True)
            assert left.count() == len(group["ideas"])

    def test_what_is_not_for_everyone_is_not(self) -> None:
        visitor = AnonymousUser()
        customer = Member.objects.get(handle="ruth-ashworth")
        tester = Member.objects.get(handle="maeve-donnelly")
        forum = ForumPage.objects.get(slug="integrations")
        assert not Question.objects.visible_to(visitor).filter(forum=forum).exists()
        assert Question.objects.visible_to(customer).filter(forum=forum).count() == forum.questions.count()
        beta = Idea.objects.filter(board__slug="mobile-beta")
        assert [beta.visible_to(reader).exists() for reader in (visitor, customer, tester)] == [False, False, True]

    def test_advertising_was_hidden_with_a_reason_in_the_log(self) -> None:
        hidden = Question.objects.get(visibility="hidden")
        assert hidden.visibility_reason.startswith("Advertising")
        entry = PostLogEntry.objects.for_instance(hidden).get()
        assert entry.timestamp == hidden.visibility_at < timezone.now() - timedelta(days=60)

    def test_edits_kept_what_was_there_before(self) -> None:
        edited = [*Question.objects.filter(edited_at__isnull=False), *Idea.objects.filter(edited_at__isnull=False)]
        assert len(edited) == 3
        for topic in edited:
            revision = topic.revisions.get()
            assert revision.body != topic.body
            assert topic.created_at < revision.replaced_at == topic.edited_at

    def test_the_printed_accounts_sign_in(self) -> None:
        accounts = [person for person in self.community.people if person.account]
        roles = {"customer", "advocate", "moderator", "product manager", "administrator"}
        assert {person.role for person in accounts} == roles
        for person in accounts:
            line = next(line for line in self.out.splitlines() if person.email in line)
            assert person.role in line and line.endswith(person.password or "?")
            assert self.client.login(email=person.email, password=person.password), person.role
        assert not EmailAddress.objects.filter(verified=False).exists()
        assert sum(member.has_usable_password() for member in Member.objects.all()) == len(accounts)

    def test_the_pages_open(self) -> None:
        assert self.client.login(email="maeve@copperpan.example", password="advocate-demo")
        for page in (HomePage, StandardPage, ForumPage):
            assert self.client.get(page.objects.first().url).status_code == 200
        home = self.client.get("/").content.decode()
        assert Idea.objects.get(title="Undo").get_absolute_url() in home

    def test_running_it_again_changes_nothing_and_prints_the_accounts(self) -> None:
        before = digest()
        out = run()
        assert digest() == before
        assert out.splitlines()[1:] == self.out.splitlines()[1:]
        assert "nothing has changed" in out

    def test_no_constraint_was_put_off(self) -> None:
        connection.check_constraints()


def test_a_site_with_something_of_its_own_is_left_alone(member: Member) -> None:
    before = digest()
    with pytest.raises(CommandError, match="This site has content or members of its own"):
        run()
    assert digest() == before


def test_a_filling_that_breaks_off_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_off(self: filling.Filling) -> None:
        raise KeyboardInterrupt

    Member.objects.system()
    before = digest()
    monkeypatch.setattr(filling.Filling, "acts", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert digest() == before
    assert not filling.is_filled()
