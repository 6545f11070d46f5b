"""A published review as files and as a page to print, and the list of persons for those who may see voters."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render as render_page
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core.errors import ConflictError
from core.markdown import render
from reviews import permissions
from reviews.actions import record_download
from reviews.exports import EXPORTS, amount
from reviews.models import ReviewSnapshot
from reviews.rules import Rule
from reviews.shown import Access, shown_header, shown_ideas
from reviews.supporters import supporters_csv
from reviews.terms import number
from reviews.views import Screen
from reviews.views.evidence import evidence_context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_FORMAT = ("csv", "md")
MOST_PRINTED = 1_000


class TooLongToPrintError(ConflictError):
    sentence = _("A page for printing holds at most 1,000 ideas. Download the review instead.")


class FileScreen(Screen, View):
    @property
    def snapshot(self) -> ReviewSnapshot:
        if not self.review.is_published:
            raise Http404
        return self.review.snapshot

    def headers(self, form: str) -> dict[str, str]:
        name = f"review-{self.review.pk}.{form}"
        return {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}


class ExportView(FileScreen):
    """A published review as a file, sent while it is made."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        form, snapshot = kwargs["form"], self.snapshot
        if form not in (*EXPORTS, "xlsx") or (snapshot.is_first_format and form not in FIRST_FORMAT):
            raise Http404
        record_download(review=self.review, by=self.member, form=form)
        access = Access.of(request.user)
        if form == "xlsx":
            # What writes workbooks takes long to import, and memory.
            from reviews.spreadsheets import write_xlsx

            file = TemporaryFile()  # noqa: SIM115 -- the response closes it
            write_xlsx(snapshot, access, file)
            file.seek(0)
            return FileResponse(file, content_type=XLSX, headers=self.headers(form))
        export, content_type = EXPORTS[form]
        return StreamingHttpResponse(export(snapshot, access), content_type=content_type, headers=self.headers(form))


class SupportersView(FileScreen):
    """Who supported which idea, for those who may see voters."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        snapshot = self.snapshot
        if snapshot.is_first_format:
            raise Http404
        permissions.check_can_list_supporters(request.user, self.review)
        record_download(review=self.review, by=self.member, form="supporters.csv")
        return StreamingHttpResponse(
            supporters_csv(snapshot), content_type="text/csv; charset=utf-8", headers=self.headers("supporters.csv")
        )


class PrintView(FileScreen):
    """All of a review on one page without anything around it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        snapshot = self.snapshot
        if snapshot.is_first_format:
            raise Http404
        access = Access.of(request.user)
        data = shown_header(snapshot, access)
        if data["totals"]["ideas"] > MOST_PRINTED:
            raise TooLongToPrintError
        value = data["totals"]["value"]
        context = {
            "review": self.review,
            "snapshot": snapshot,
            "data": data,
            "rule": Rule.frozen(data["policy"]),
            "note_html": render(data["review"]["note"]),
            "findings": [{**each, "html": render(each["answer"])} for each in data["research"]],
            "total_value": None if value is None else number(amount(value) or 0),
            "ideas": [evidence_context(data, facts, evidence) for facts, evidence in shown_ideas(snapshot, access)],
        }
        return render_page(request, "reviews/print.html", context)
