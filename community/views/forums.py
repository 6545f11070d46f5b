"""A forum's page, and asking in it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import to_sign_in
from accounts.permissions import check_is_not_suspended
from community.actions import ask_question
from community.forms import QuestionForm
from community.models import ForumPage, Question
from community.views.requests import begun, typed
from core.access import is_restricted
from core.forms import submit
from core.pagination import keyset_page

MOST_TAGS = 30


@dataclass(frozen=True)
class Sort:
    label: Promise
    order: tuple[str, ...]
    is_of_unanswered: bool = False


SORTS = {
    "newest": Sort(gettext_lazy("Newest"), ("-created_at", "-id")),
    "unanswered": Sort(gettext_lazy("Unanswered"), ("-created_at", "-id"), is_of_unanswered=True),
    "active": Sort(gettext_lazy("Most active"), ("-last_activity_at", "-id")),
}


@require_safe
def forum_page(request: HttpRequest, page: ForumPage) -> HttpResponse:
    """The questions of a forum that the reader may see, in one of three orders, all of them or those with a tag."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else next(iter(SORTS))
    slug = request.GET.get("tag", "").replace("\0", "")
    listed = Question.objects.visible_to(request.user).listed().filter(forum=page.pk)
    tags = listed.tags_used(MOST_TAGS)
    questions = listed.tagged(slug) if slug else listed
    if SORTS[sort].is_of_unanswered:
        questions = questions.unanswered()
    rows = keyset_page(questions.for_list(), order=SORTS[sort].order, cursor=request.GET.get("after", ""))
    context = {
        "page": page,
        "is_private": is_restricted(page.path),
        "tabs": [
            {"label": other.label, "url": _address(sort=key, tag=slug), "is_current": key == sort}
            for key, other in SORTS.items()
        ],
        "tag": next((tag.name for tag in tags if tag.slug == slug), slug),
        "tag_links": [
            {
                "label": tag.name,
                "url": _address(sort=sort, tag=tag.slug),
                "count": tag.count,
                "is_current": tag.slug == slug,
            }
            for tag in tags
        ],
        "all_url": _address(sort=sort),
        "questions": rows.items,
        "is_unanswered": SORTS[sort].is_of_unanswered,
        "is_active": sort == "active",
        "next_url": rows.next_cursor and _address(sort=sort, tag=slug, after=rows.next_cursor),
        "previous_url": rows.previous_cursor and _address(sort=sort, tag=slug, after=rows.previous_cursor),
        "is_first": not request.GET.get("after"),
    }
    return render(request, "community/forum_page.html", context)


def _address(sort: str, tag: str = "", after: str = "") -> str:
    """The address of a part of the list, without what goes without saying."""
    given = {"sort": "" if sort == next(iter(SORTS)) else sort, "tag": tag, "after": after}
    return "?" + urlencode({name: value for name, value in given.items() if value})


@require_http_methods(["GET", "HEAD", "POST"])
def question_create(request: HttpRequest, page: ForumPage) -> HttpResponse:
    """Ask in a forum that the person may read: Wagtail's privacy has let them through to here.

    Visitors may write, and sign in when they post.
    """
    check_is_not_suspended(request.user)
    form = QuestionForm(typed(request), initial=begun(request))
    if form.is_valid() and not request.user.is_authenticated:
        return to_sign_in(request)
    question, status = submit(form, ask_question, forum=page, by=request.user)
    if question:
        messages.success(request, _("Your question is posted."), extra_tags=request.path)
        return redirect(question)
    context = {
        "title": _("Ask a question"),
        "is_new_topic": True,
        "parents": [{"title": page.title, "url": page.url}],
        "form": form,
        "submit_label": _("Post your question"),
        "cancel_url": page.url,
    }
    return render(request, "community/post_form.html", context, status=status)
