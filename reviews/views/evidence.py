"""What lies behind an idea of a published review, and what support makes of an idea."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from community.views.requests import member_of
from core.forms import submit
from core.markdown import render
from core.refusals import RefusalMixin
from ideas.models import Idea
from ideas.models.policies import points
from reviews import permissions
from reviews.actions import interpret_idea
from reviews.charts import chart
from reviews.exports import amount
from reviews.forms import InterpretationForm
from reviews.models import Interpretation, ReviewSnapshot, SnapshotIdea
from reviews.rules import Rule
from reviews.shown import Access, opened, shown_evidence, shown_facts, shown_header
from reviews.signs import signs
from reviews.terms import number, terms
from reviews.views import Screen


class EvidenceView(Screen, WagtailAdminTemplateMixin, View):
    """An idea of a published review with all that lies behind it."""

    template_name = "reviews/evidence.html"

    def get_page_title(self) -> str:
        return str(self.idea[0]["title"])

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", self.get_page_title())]

    @cached_property
    def snapshot(self) -> ReviewSnapshot:
        if not self.review.is_published or self.review.snapshot.is_first_format:
            raise Http404
        return self.review.snapshot

    @cached_property
    def access(self) -> Access:
        return Access.of(self.request.user)

    @cached_property
    def idea(self) -> tuple[dict[str, Any], dict[str, Any]]:
        row = get_object_or_404(SnapshotIdea, review=self.snapshot.review_id, rank=self.kwargs["rank"])
        facts = shown_facts(json.loads(row.content), self.access)
        [described] = opened(self.snapshot, [(facts, shown_evidence(facts, json.loads(row.evidence), self.access))])
        return described

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        facts, evidence = self.idea
        data = shown_header(self.snapshot, self.access)
        response: HttpResponse = self.render_to_response(
            self.get_context_data(review=self.review, data=data, **evidence_context(data, facts, evidence))
        )
        return response


def evidence_context(data: dict[str, Any], facts: dict[str, Any], evidence: dict[str, Any]) -> dict[str, Any]:
    """What the page of an idea in a review shows, also a page for printing."""
    rule = Rule.frozen(data["policy"])
    unknown = gettext("not known")
    named = {each["id"]: each["name"] for each in data["organisations"]}
    organisations = sorted(
        ([named[pk], count] for pk, count in evidence["organisations"] if pk in named),
        key=lambda row: (-row[1], row[0]),
    )
    charts = [
        chart(gettext("By segment"), evidence["segments"], unknown),
        chart(gettext("By plan"), evidence["plans"], unknown),
        chart(gettext("By organisation"), organisations, unknown),
        chart(gettext("By language"), [[_language(code), n] for code, n in evidence["languages"]], unknown),
        chart(gettext("By month of their vote"), evidence["months"][::-1], unknown),
    ]
    arithmetic = evidence["arithmetic"]
    interpretation = evidence["interpretation"]
    previous = facts["previous"]
    return {
        "facts": facts,
        "evidence": evidence,
        "score": None if facts["score"] is None else number(points(facts["score"])),
        "terms": terms(arithmetic, rule) if arithmetic else None,
        "charts": [each for each in charts if each],
        "value": None if evidence["value"] is None else number(amount(evidence["value"]["cents"]) or 0),
        "value_method": data["value_method"],
        "text_html": render(facts["text"]),
        "interpretation_html": render(interpretation["text"]) if interpretation else "",
        "questions": [
            {**each, "answer_html": render(each["answer"]["text"]) if each["answer"] else ""}
            for each in evidence["questions"]
        ],
        "answers": [{**each, "text_html": render(each["text"])} for each in evidence["answers"]],
        "voices": [voice for voice in evidence["voices"] if voice["text"] is not None],
        "signs": signs(evidence["signals"], facts["supporters"]) if evidence["signals"] else [],
        "moved": previous["rank"] - facts["rank"] if previous else None,
        "more_supporters": facts["supporters"] - previous["supporters"] if previous else None,
    }


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


class InterpretView(RefusalMixin, WagtailAdminTemplateMixin, View):
    """What support makes of an idea's support: the text that the next reviews will hold."""

    template_name = "reviews/interpret.html"
    page_title = _("Interpretation")
    header_icon = "openquote"
    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def idea(self) -> Idea:
        return get_object_or_404(Idea.objects.visible_to(self.request.user), pk=self.kwargs["idea"])

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_interpret(request.user, self.idea)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        latest = Interpretation.objects.filter(idea=self.idea).select_related("written_by").last()
        return self.show(InterpretationForm(initial={"text": latest.text if latest else ""}), latest)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = InterpretationForm(request.POST)
        written, status = submit(form, interpret_idea, idea=self.idea, by=member_of(request))
        if written:
            messages.success(request, gettext("It is saved. The next reviews with this idea will hold it."))
            return redirect("reviews:interpret", self.idea.pk)
        return self.show(form, None, status)

    def show(self, form: InterpretationForm, latest: Interpretation | None, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, idea=self.idea, latest=latest, media=form.media)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response
