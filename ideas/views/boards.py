"""A board's page, and proposing on it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from taggit.models import Tag

from accounts.kept_forms import to_sign_in
from accounts.permissions import check_is_not_suspended
from community.shown import Label, labels_on
from community.views.requests import begun, typed
from core.access import is_restricted
from core.forms import submit
from core.pagination import KeysetPage, first_page, keyset_rows
from core.readings import GatedReading
from ideas import budgets, tally
from ideas.actions import post_idea
from ideas.ballots import Ballot, ballot
from ideas.forms import IdeaForm
from ideas.models import Idea, IdeaBoardPage, Status
from ideas.orders import Order, orders_of, rank_url
from ideas.querysets import IdeaQuerySet

MOST_TAGS = 20


@dataclass(frozen=True)
class Choice:
    """The sort, status and tag that a reader chose, and the addresses of other choices. The first order goes
    without saying.
    """

    orders: dict[str, Order]
    sort: str
    status: str
    tag: str

    def address(self, **other: str) -> str:
        """The address of this choice, otherwise in the parts named, without what goes without saying."""
        given = {"sort": self.sort, "status": self.status, "tag": self.tag, **other}
        if given["sort"] == next(iter(self.orders)):
            del given["sort"]
        return "?" + urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True)
class Row:
    """An idea as the list shows it."""

    idea: Idea
    ballot: Ballot
    rank_url: str
    labels: tuple[Label, ...]


@require_safe
def board_page(request: HttpRequest, page: IdeaBoardPage) -> HttpResponse:
    """The ideas of a board in one of its orders: all of them, or those with a status or a tag."""
    # Of a preview, as they are in the form.
    statuses = list(page.statuses.all())
    choice = _choice(request, page, statuses)
    order = choice.orders[choice.sort]
    tag_links = _tag_links(choice, _tags_used.ask(request.user, board=page.pk))
    after = request.GET.get("after", "")
    rows = _page_of_ideas(request.user, page, choice, after)
    context = {
        "page": page,
        "is_private": is_restricted(page.path),
        "tabs": [
            {"label": each.label, "url": choice.address(sort=key), "is_current": key == choice.sort}
            for key, each in choice.orders.items()
        ],
        "scoring": order.scoring,
        "newest_url": choice.address(sort="newest"),
        "status_links": _status_links(choice, statuses),
        "tag_links": tag_links,
        "tag": next((link["label"] for link in tag_links if link["is_current"]), choice.tag),
        "all_tags_url": choice.address(tag=""),
        "is_filtered": bool(choice.status or choice.tag),
        "clear_url": choice.address(status="", tag=""),
        "purse": budgets.purse(request.user, page),
        "rows": _rows(request, page, rows.items, order),
        "next_url": rows.next_cursor and choice.address(after=rows.next_cursor),
        "previous_url": rows.previous_cursor and choice.address(after=rows.previous_cursor),
        "is_first": not after,
        "first_url": choice.address(),
    }
    return render(request, "ideas/idea_board_page.html", context)


def _choice(request: HttpRequest, page: IdeaBoardPage, statuses: list[Status]) -> Choice:
    orders = orders_of(page, request.user)
    sort, status = request.GET.get("sort", ""), request.GET.get("status", "")
    if status and status not in {each.slug for each in statuses}:
        raise Http404
    return Choice(
        orders=orders,
        sort=sort if sort in orders else next(iter(orders)),
        status=status,
        tag=request.GET.get("tag", "").replace("\0", ""),
    )


def _listed(user: Any, board: Any) -> IdeaQuerySet:
    return Idea.objects.visible_to(user).listed().filter(board=board)


_tags_used = GatedReading(lambda reader, board: _listed(reader, board).tags_used(MOST_TAGS))


def _shown(ideas: IdeaQuerySet, user: Any) -> QuerySet[Idea]:
    """With what a row shows but for the tags and the board, which the page has already."""
    ideas = ideas.for_list().prefetch_related(None).select_related(None).select_related("author", "status")
    return _with_merged(ideas, user)


_first_ideas = GatedReading(
    lambda reader, fields, board: keyset_rows(_shown(_listed(reader, board), reader), order=fields)
)


def _page_of_ideas(user: Any, page: IdeaBoardPage, choice: Choice, after: str) -> KeysetPage[Idea]:
    order = choice.orders[choice.sort]
    if not (after or choice.status or choice.tag or order.scoring):
        return first_page(_first_ideas.ask(user, order.fields, board=page.pk), order=order.fields)
    ideas = _listed(user, page.pk)
    ideas = ideas.filter(status__slug=choice.status) if choice.status else ideas
    ideas = ideas.tagged(choice.tag) if choice.tag else ideas
    return order.page(_shown(ideas, user), cursor=after)


def _with_merged(ideas: QuerySet[Idea], user: Any) -> QuerySet[Idea]:
    """The ideas, each knowing as `merged_count` how many that the person may see were merged into it."""
    merged = Idea.objects.visible_to(user).filter(canonical=OuterRef("pk")).order_by().values("canonical")
    count = Subquery(merged.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return ideas.annotate(merged_count=Coalesce(count, 0))


def _rows(request: HttpRequest, page: IdeaBoardPage, ideas: list[Idea], order: Order) -> list[Row]:
    for idea in ideas:
        idea.board = page
    supported = tally.supported_by(request.user, ideas)
    labels = labels_on(ideas)
    back = request.get_full_path()
    return [
        Row(
            idea=idea,
            ballot=ballot(request.user, idea, at=idea, is_voted=idea.pk in supported, back=back),
            rank_url=rank_url(idea, order.key),
            labels=labels[idea.pk],
        )
        for idea in ideas
    ]


def _status_links(choice: Choice, statuses: list[Status]) -> list[dict[str, Any]]:
    everything = {"label": _("All"), "url": choice.address(status=""), "is_current": not choice.status}
    return [
        everything,
        *(
            {
                "label": status.name,
                "url": choice.address(status=status.slug),
                "is_current": status.slug == choice.status,
                "kind": status.kind,
                "colour": status.colour,
            }
            for status in statuses
        ),
    ]


def _tag_links(choice: Choice, tags: list[Tag]) -> list[dict[str, Any]]:
    """The tags of the board; the chosen one is among them even if it is rare."""
    if choice.tag and choice.tag not in {tag.slug for tag in tags}:
        tags = [*Tag.objects.filter(slug=choice.tag), *tags]
    return [
        {"label": tag.name, "url": choice.address(tag=tag.slug), "is_current": tag.slug == choice.tag} for tag in tags
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def idea_create(request: HttpRequest, page: IdeaBoardPage) -> HttpResponse:
    """Propose on a board that the person may read: its page privacy has let them through to here.

    Visitors may write, and sign in when they post.
    """
    check_is_not_suspended(request.user)
    form = IdeaForm(typed(request), initial=begun(request))
    if form.is_valid() and not request.user.is_authenticated:
        return to_sign_in(request)
    idea, status = submit(form, post_idea, board=page, by=request.user)
    if idea:
        messages.success(request, _posted(request, idea), extra_tags=request.path)
        return redirect(idea)
    context = {
        "title": _("Propose an idea"),
        "is_new_topic": True,
        "parents": [{"title": page.title, "url": page.url}],
        "form": form,
        "submit_label": _("Post your idea"),
        "cancel_url": page.url,
    }
    return render(request, "community/post_form.html", context, status=status)


def _posted(request: HttpRequest, idea: Idea) -> str:
    """What the author is told, who may have had no vote left for it."""
    if idea.supporter_count:
        return _("Your idea is on the board, and your vote is its first.")
    if budgets.left(request.user, idea.board) == 0:
        return _(
            "Your idea is on the board, without your vote: all your votes are in use. Take one back to vote for it."
        )
    return _("Your idea is on the board.")
