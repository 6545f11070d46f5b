"""What changed between two published reviews."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from ideas.models.policies import points
from reviews.difference import Cause, Change, Comparison, Step
from reviews.models import Review
from reviews.shown import Access
from reviews.terms import number
from reviews.views import Screen

ON_A_PAGE = 25
CAUSES = {
    Cause.POLICY: _("the policy changed"),
    Cause.ORGANISATIONS: _("organisations changed their segment"),
    Cause.WORTH: _("organisations have another plan or value"),
    Cause.TIME: _("votes grew older"),
    Cause.MERGES: _("ideas were merged or parted"),
    Cause.EXCLUSIONS: _("votes were excluded or restored"),
    Cause.WITHDRAWALS: _("votes were withdrawn"),
    Cause.NEW_VOTES: _("new votes"),
    Cause.CHANGED_VOTES: _("importance, organisation or plan of voters changed"),
    Cause.BASE_VOTES: _("votes from before were imported or taken back"),
    Cause.QUESTIONS: _("questions were tied to it or untied"),
    Cause.COST: _("its cost is estimated otherwise"),
}


class DifferenceView(Screen, WagtailAdminTemplateMixin, View):
    """This review beside another one of the same board: the one before, or the one that was chosen."""

    template_name = "reviews/difference.html"
    page_title = _("What changed")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", str(self.page_title))]

    @cached_property
    def others(self) -> list[Review]:
        """The other published reviews that may be compared with this one, the latest first."""
        seen = Review.objects.visible_to(self.request.user).filter(board=self.review.board_id)
        return list(seen.filter(published_at__isnull=False).exclude(pk=self.review.pk).order_by("-published_at", "-pk"))

    def other(self, request: HttpRequest) -> Review | None:
        chosen = request.GET.get("with", "")
        if chosen:
            found = [review for review in self.others if str(review.pk) == chosen]
            if not found:
                raise Http404
            return found[0]
        published_at: Any = self.review.published_at
        earlier = [review for review in self.others if review.published_at and review.published_at <= published_at]
        return next(iter([*earlier, *self.others]), None)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.review.is_published:
            raise Http404
        other = self.other(request)
        context: dict[str, Any] = {"review": self.review, "other": other, "others": self.others}
        if other:
            comparison = Comparison(other.snapshot, self.review.snapshot)
            page = Paginator(comparison.ideas, ON_A_PAGE).get_page(request.GET.get("p"))
            titles = {pk: row.title for side in (comparison.before, comparison.after) for pk, row in side.rows.items()}
            access = Access.of(request.user)
            tells_worth = any(side.rule.weighs_worth for side in (comparison.before, comparison.after))
            hides = not access.is_team or (tells_worth and not access.sees_amounts)
            context |= {
                "comparison": comparison,
                "is_swapped": comparison.before.review == self.review.pk,
                "places": page,
                "rows": [_row(change, titles, hides) for change in comparison.changes(list(page))],
            }
        response: HttpResponse = self.render_to_response(self.get_context_data(**context))
        return response


def _row(change: Change, titles: dict[int, str], hides: bool) -> dict[str, Any]:
    """A row of the table; scores and their causes are for the team, for they tell of single people and of amounts."""
    return {
        "change": change,
        "change_of_score": None if hides else _signed(change.score_after - change.score_before),
        "score_before": None if hides else number(points(change.score_before)),
        "score_after": None if hides else number(points(change.score_after)),
        "steps": [] if hides else [_said(step) for step in change.steps],
        "overtaken_by": [titles[pk] for pk in change.overtaken_by],
        "overtaken_by_more": change.overtaken_count - len(change.overtaken_by),
    }


def _said(step: Step) -> dict[str, str]:
    what = f"{CAUSES[step.cause]} ({number(step.concerned)})" if step.concerned else str(CAUSES[step.cause])
    return {"what": what, "amount": _signed(step.millionths)}


def _signed(millionths: int) -> str:
    value = number(points(abs(millionths)))
    return f"+{value}" if millionths > 0 else f"−{value}" if millionths < 0 else gettext("±0")
