"""The screens on which the product team decides on the ideas of a published review."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from core.forms import submit
from core.markdown import render
from ideas.answers import told_in
from ideas.models import Idea
from reviews import permissions
from reviews.deciding import (
    ReviewedIdea,
    begun_with,
    last_change,
    read_draft,
    read_ideas,
    said_of,
    seen_idea,
    show_targets,
)
from reviews.decision_actions import apply_decisions, correct_decision, propose_decision, token_of, withdraw_proposal
from reviews.decision_errors import NotPublishedError
from reviews.decision_forms import CorrectedDecisionForm, DecisionForm, StatusesForm
from reviews.talk import talk_context
from reviews.telling import audience_of
from reviews.views import Screen


class IdeaScreen(Screen):
    """A screen about one idea of a review."""

    @cached_property
    def row(self) -> ReviewedIdea:
        wanted = [self.kwargs["idea"]]
        if self.review.is_published:
            found = read_ideas(self.review, wanted)
        else:
            found = read_draft(self.review, self.request.user, wanted)
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def idea(self) -> Idea | None:
        """The idea as it is now, where the person may see it."""
        return seen_idea(self.request.user, self.row.pk)

    @property
    def address(self) -> str:
        return reverse("reviews:idea", args=[self.review.pk, self.row.pk])

    def path_to_idea(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), (self.address, self.row.title)]


class IdeaView(IdeaScreen, WagtailAdminTemplateMixin, View):
    """An idea of a review: what was decided on it, what the public was told, and earlier lines of both."""

    template_name = "reviews/idea.html"

    def get_page_title(self) -> str:
        return self.row.title

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", self.row.title)]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        decided = self.row.decided
        show_targets(request.user, said_of([self.row]))
        said = decided.said if decided else None
        context = self.get_context_data(
            review=self.review,
            row=self.row,
            idea=self.idea,
            decided=decided,
            earlier=decided.lines[-2::-1] if decided else [],
            proposal_html=self.row.proposal and render(self.row.proposal.answer),
            told=said and told_in(said, ""),
            languages=[name for language, name in settings.LANGUAGES if said and language in said.translations],
            audience=audience_of(decided.latest).count() if decided and self.idea else None,
            may_decide=may_decide(request.user),
            **talk_context(request.user, self.review, self.row.pk),
        )
        response: HttpResponse = self.render_to_response(context)
        return response

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not (may_decide(self.request.user) and self.idea and self.review.is_published):
            return []
        label = gettext("Correct the decision") if self.row.decided else gettext("Note a decision")
        address = reverse("reviews:idea-decide", args=[self.review.pk, self.row.pk])
        return [HeaderButton(label, url=address, icon_name="edit")]


class DecideIdeaView(IdeaScreen, WagtailAdminTemplateMixin, View):
    """What is to be decided on an idea; once it was carried out, another line that corrects it."""

    template_name = "reviews/idea_decide.html"

    def get_page_title(self) -> str:
        return gettext("Correct the decision") if self.row.decided else gettext("Note a decision")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_idea(), ("", self.get_page_title())]

    def get_form(self, data: Any = None) -> DecisionForm:
        if self.idea is None:
            raise Http404
        if not self.review.is_published:
            raise NotPublishedError
        form_class = CorrectedDecisionForm if self.row.decided else DecisionForm
        initial = begun_with(self.row.proposal, self.row.decided)
        return form_class(data, user=self.request.user, idea=self.idea, initial=initial)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_decide(request.user, self.review)
        return self.show(self.get_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_decide(request.user, self.review)
        form = self.get_form(request.POST)
        known = {"review": self.review, "idea": self.row.pk, "by": self.member}
        if self.row.decided:
            done, status = submit(form, correct_decision, **known)
            said = gettext("The decision is corrected.")
        else:
            done, status = submit(form, propose_decision, **known)
            said = gettext("The decision is noted. It is carried out together with the others.")
        if done is None:
            return self.show(form, status)
        messages.success(request, said)
        return redirect(self.address if self.row.decided else self.review.get_absolute_url())

    def show(self, form: DecisionForm, status: int = 200) -> HttpResponse:
        if status == 409:
            del self.row, self.idea
        context = self.get_context_data(
            form=form,
            media=form.media,
            row=self.row,
            idea=self.idea,
            seen=self.seen,
            seen_change=last_change(self.row.pk),
            cancel_url=self.address,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    @property
    def seen(self) -> int:
        """What the form was made from: the latest line of the decision, or else the version of the proposal."""
        if self.row.decided:
            return self.row.decided.latest.pk
        return self.row.proposal.version if self.row.proposal else 0


class WithdrawView(IdeaScreen, View):
    """Takes back what is noted on an idea."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        withdraw_proposal(review=self.review, idea=self.row.pk, by=self.member)
        messages.success(request, gettext("Nothing is noted on this idea any more."))
        return redirect(self.review)


class ApplyView(Screen, WagtailAdminTemplateMixin, View):
    """All that is noted on the ideas of a review once more, and which statuses follow; a post carries it out."""

    template_name = "reviews/decide.html"
    page_title = _("Carry out the decisions")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Carry out the decisions"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show(StatusesForm(proposals=self.proposals()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        form = StatusesForm(request.POST, proposals=self.proposals())
        decisions, status = submit(form, apply_decisions, review=self.review, by=self.member)
        if decisions is None:
            return self.show(form, status)
        said = ngettext("%(count)d decision is carried out.", "%(count)d decisions are carried out.", len(decisions))
        messages.success(request, said % {"count": len(decisions)})
        return redirect(self.review)

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_decide(request.user, self.review)
        if not self.review.is_published:
            raise NotPublishedError

    def proposals(self) -> Any:
        return list(self.review.proposals.select_related("idea", "merge_into"))

    def show(self, form: StatusesForm, status: int = 200) -> HttpResponse:
        rows = read_ideas(self.review, [proposal.idea_id for proposal in self.proposals()])
        show_targets(self.request.user, said_of(rows))
        seen = token_of([row.proposal for row in rows if row.proposal])
        context = self.get_context_data(review=self.review, form=form, rows=rows, seen=seen)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


def may_decide(user: Any) -> bool:
    return bool(user.has_perm(permissions.DECIDE))
