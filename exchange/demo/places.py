"""The demo community's pages: home, forums, boards, the changelog and pages of text."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from markdown_it import MarkdownIt
from wagtail.models import Page, PageViewRestriction

from community.models import ForumPage
from exchange.demo.reading import Community
from ideas.models import COLOURS, ChangelogEntryPage, ChangelogPage, IdeaBoardPage, ShippedIdea, Status
from pages.actions import NewPlace, create_site
from pages.models import HomePage, StandardPage

BETA_GROUP = "Mobile beta testers"
PUBLISHING_HOUR = timedelta(hours=9, minutes=30)
CLOSED = (Status.Kind.SHIPPED, Status.Kind.DECLINED)


def exist() -> bool:
    """Whether the site has been made already."""
    return HomePage.objects.exists() or ForumPage.objects.exists() or IdeaBoardPage.objects.exists()


def is_for_a_group(community: Community, board: str) -> bool:
    return any(row["slug"] == board and row["access"] == "group" for row in community.site["boards"])


def add(community: Community) -> tuple[HomePage, dict[str, Any]]:
    """Make the pages: home, and the forums and boards by their slugs."""
    said = community.site
    home = create_site(
        name=said["site"]["name"],
        home_title=said["home"]["title"],
        home_intro=said["home"]["introduction"].strip(),
        forums=[_place(row) for row in said["forums"]],
        boards=[_place(row) for row in said["boards"]],
    )
    for row in community.pages:
        body = MarkdownIt().render(row["body"])
        home.add_child(instance=StandardPage(title=row["title"], slug=row["slug"], body=body, show_in_menus=True))
    pages = {page.slug: page.specific for page in home.get_children().type(ForumPage, IdeaBoardPage)}
    for row in (*said["forums"], *said["boards"]):
        _restrict(pages[row["slug"]], row)
    for row in said["boards"]:
        board = pages[row["slug"]]
        board.statuses.all().delete()
        Status.objects.bulk_create(_statuses(board, row))
    return home, pages


def announce(home: HomePage, community: Community, threads: Mapping[str, Any]) -> None:
    """Fill the home page; the announcement may link to an idea as `idea:file-name`."""
    said = community.site["home"]["announcement"]
    text = re.sub(r"\(idea:([a-z0-9-]+)\)", lambda found: f"({threads[found[1]].get_absolute_url()})", said["text"])
    home.body = [
        ("announcement", {"heading": said["title"], "text": MarkdownIt().render(text), "tone": "success"}),
        *(
            (kind, {"heading": "", "count": count})
            for kind, count in (("top_ideas", 5), ("newest_questions", 5), ("unanswered_questions", 5))
        ),
    ]
    home.save()


def add_changelog(
    home: HomePage, community: Community, threads: Mapping[str, Any], members: Mapping[str, Any], today: datetime
) -> None:
    """Make the changelog, and publish its entries as of their days."""
    said = community.site["changelog"]
    page = ChangelogPage(title=said["title"], slug=said["slug"], intro=f"<p>{said['introduction']}</p>")
    page.show_in_menus = True
    home.add_child(instance=page)
    for row in sorted(community.changelog, key=lambda row: -row["days_ago"]):
        moment = today - timedelta(days=row["days_ago"]) + PUBLISHING_HOUR
        entry = ChangelogEntryPage(
            title=row["title"],
            date=moment.date(),
            category=row["category"],
            body=MarkdownIt().render(row["body"]),
            live=False,
        )
        entry.shipped_ideas.add(
            *(ShippedIdea(idea=threads[slug], marks_shipped=row.get("ships", True)) for slug in row["ideas"])
        )
        page.add_child(instance=entry)
        entry.save_revision(user=members[row["author"]]).publish()
        Page.objects.filter(pk=entry.pk).update(first_published_at=moment, last_published_at=moment)


def _place(row: dict[str, Any]) -> NewPlace:
    return NewPlace(title=row["title"], slug=row["slug"], intro=f"<p>{row['introduction']}</p>")


def _restrict(page: Page, row: dict[str, Any]) -> None:
    if row["access"] == "public":
        return
    kind = PageViewRestriction.GROUPS if row["access"] == "group" else PageViewRestriction.LOGIN
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    if row["access"] == "group":
        restriction.groups.add(Group.objects.get(name=row["group"]))


def _statuses(board: IdeaBoardPage, row: dict[str, Any]) -> list[Status]:
    return [
        Status(
            board=board,
            sort_order=order,
            name=status["name"],
            slug=status["name"].lower().replace(" ", "-"),
            kind=status["kind"],
            colour=COLOURS[Status.Kind(status["kind"])],
            accepts_votes=status["kind"] not in CLOSED,
        )
        for order, status in enumerate(row["statuses"])
    ]
