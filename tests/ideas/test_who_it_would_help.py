"""Supporters by segment: as counts, of what the reader may see, and never of so few that it says who they are."""

from collections.abc import Callable

import pytest

from accounts.models import Member, Organisation
from ideas.actions import cast_vote, exclude_votes, explain_vote, set_votes_apart
from ideas.models import Idea, Importance
from ideas.voices import told_apart
from tests.ideas.conftest import Reader
from tests.people import make_member


@pytest.fixture
def vote_from() -> Callable[..., list[Member]]:
    """So many new members of an organisation of that segment vote for an idea."""

    def vote(idea: Idea, segment: str, people: int, plan: str = "") -> list[Member]:
        name = f"{segment} {plan} {idea.pk}"
        organisation, _ = Organisation.objects.get_or_create(name=name, segment=segment, plan=plan)
        members = [
            make_member(f"{segment.lower() or 'none'}-{idea.pk}-{number}", organisation=organisation)
            for number in range(people)
        ]
        for member in members:
            cast_vote(idea=idea, by=member)
        return members

    return vote


def shown(reader: Reader, idea: Idea, by: Member | None = None) -> tuple[dict[str, int], int]:
    supporters = reader(by).get(idea.get_absolute_url()).context["supporters"]
    return {share.label: share.count for share in supporters.segments}, supporters.others


@pytest.mark.parametrize(
    ("groups", "total", "kept"),
    [
        ([("a", 9), ("b", 6)], 15, ["a", "b"]),
        ([("a", 9), ("b", 6)], 20, ["a", "b"]),
        ([("a", 9), ("b", 6), ("c", 4)], 19, ["a"]),
        ([("a", 9), ("b", 6), ("c", 4), ("d", 1)], 20, ["a", "b"]),
        ([("a", 9), ("b", 6)], 16, ["a"]),
        ([("a", 9)], 10, []),
        ([("a", 4)], 4, []),
        ([], 0, []),
    ],
)
def test_nothing_tells_of_fewer_than_five(groups: list[tuple[str, int]], total: int, kept: list[str]) -> None:
    assert [name for name, _people in told_apart(groups, total)] == kept


def test_the_public_reads_large_segments_and_the_team_reads_all(
    reader: Reader, idea: Idea, product_manager: Member, vote_from: Callable[..., list[Member]]
) -> None:
    vote_from(idea, "Retail", 6, plan="Team")
    vote_from(idea, "Care", 5, plan="Team")
    vote_from(idea, "Justice", 4, plan="Large")
    assert shown(reader, idea) == ({"Retail": 6, "Care": 5}, 5)
    html = reader(None).get(idea.get_absolute_url()).content.decode()
    assert "Justice" not in html
    assert "Their plans" not in html
    assert shown(reader, idea, product_manager) == ({"Retail": 6, "Care": 5, "Justice": 4}, 1)
    context = reader(product_manager).get(idea.get_absolute_url()).context
    assert [(share.label, share.count) for share in context["supporters"].plans] == [("Team", 11), ("Large", 4)]


def test_a_person_counts_once_in_a_family_and_by_their_organisation_of_today(
    reader: Reader, canonical: Idea, duplicate: Idea, vote_from: Callable[..., list[Member]]
) -> None:
    people = vote_from(canonical, "Retail", 5)
    for member in people:
        cast_vote(idea=duplicate, by=member)
    vote_from(duplicate, "Care", 5)
    vote_from(canonical, "", 4)
    canonical.refresh_from_db()
    assert canonical.supporter_count == 15
    Organisation.objects.filter(segment="Retail").update(segment="Shops")
    assert shown(reader, canonical) == ({"Care": 5, "Shops": 5}, 5)


def test_supporters_through_a_hidden_duplicate_are_in_the_total_alone(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    moderator: Member,
    vote_from: Callable[..., list[Member]],
    make_invisible: Callable[..., None],
) -> None:
    vote_from(canonical, "Retail", 5)
    vote_from(duplicate, "Justice", 7)
    make_invisible(duplicate)
    assert shown(reader, canonical) == ({"Retail": 5}, 8)
    assert "Justice" not in reader(None).get(canonical.get_absolute_url()).content.decode()
    assert shown(reader, canonical, moderator)[0] == {"Justice": 7, "Retail": 5}


def test_votes_that_do_not_count_are_left_out(
    reader: Reader, canonical: Idea, duplicate: Idea, moderator: Member, vote_from: Callable[..., list[Member]]
) -> None:
    vote_from(canonical, "Retail", 9)
    apart, *_others = vote_from(duplicate, "Care", 5)
    suspended = vote_from(canonical, "Leisure", 5)[0]
    assert shown(reader, canonical, moderator)[0] == {"Retail": 9, "Care": 5, "Leisure": 5}
    set_votes_apart(duplicate=duplicate, by=apart)
    exclude_votes(member=suspended, by=moderator)
    assert shown(reader, canonical, moderator)[0] == {"Retail": 9, "Care": 4, "Leisure": 4}


def test_where_the_count_is_hidden_so_are_its_parts(
    reader: Reader, idea: Idea, vote_from: Callable[..., list[Member]], monkeypatch: pytest.MonkeyPatch
) -> None:
    vote_from(idea, "Retail", 9)
    vote_from(idea, "", 4)
    assert "Who it would help" in reader(None).get(idea.get_absolute_url()).content.decode()
    monkeypatch.setattr("ideas.views.ideas.may_see_count", lambda user, idea, is_voted: False)
    assert "Who it would help" not in reader(None).get(idea.get_absolute_url()).content.decode()


def test_the_team_reads_how_much_it_is_needed_each_person_once_at_their_most(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member, advocate: Member, product_manager: Member
) -> None:
    for person, idea, importance in (
        (member, canonical, Importance.NICE),
        (member, duplicate, Importance.CRITICAL),
        (advocate, canonical, Importance.NICE),
    ):
        cast_vote(idea=idea, by=person)
        explain_vote(idea=idea, by=person, importance=importance)
    importances = reader(product_manager).get(canonical.get_absolute_url()).context["importances"]
    assert [(share.label, share.count) for share in importances] == [
        ("critical", 1),
        ("important", 0),
        ("nice to have", 1),
    ]
    assert reader(member).get(canonical.get_absolute_url()).context["importances"] == []
