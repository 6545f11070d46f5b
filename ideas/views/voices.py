"""What voters say: their own form, the page that lists them all, and hiding what should not be read."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.views.posts import parents_of
from community.views.requests import is_htmx, member_of, typed, with_cursor
from core.forms import submit
from core.pagination import keyset_page
from ideas.actions import explain_vote, hide_sentence, show_sentence
from ideas.forms import SentenceReasonForm, VoteReasonForm, reason_of
from ideas.models import Idea, VoteSentence
from ideas.permissions import PLAN, check_can_moderate_sentence
from ideas.querysets import MODERATE
from ideas.stakes import Stake, stakes_of
from ideas.threads import read_family
from ideas.views.finding import find_with_canonical
from ideas.views.requests import came_from
from ideas.voices import VOICE_ORDER, VOICES_ON_A_PAGE, voices


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def vote_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how much one needs what one voted for, and why. The form stands by the vote; this page has it too."""
    idea, _canonical = find_with_canonical(request, pk)
    stake = stakes_of(request.user, [idea.pk]).get(idea.pk)
    form = VoteReasonForm(typed(request), initial=reason_of(stake) | take(request))
    if is_htmx(request) and form.is_valid():
        explain_vote(idea=idea, by=member_of(request), **form.cleaned_data)
        return _show_reason(request, stakes_of(request.user, [idea.pk])[idea.pk], said=_("Saved. Thank you."))
    vote, status = submit(form, explain_vote, idea=idea, by=request.user)
    if vote:
        messages.success(request, _("Saved. Thank you."))
        return redirect(came_from(request, otherwise=idea.get_absolute_url()))
    if is_htmx(request) and stake:
        return _show_reason(request, stake, form=form, status=status)
    context = {
        "title": _("What would this let you do?"),
        "parents": parents_of(idea),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": idea.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


def _show_reason(
    request: HttpRequest, stake: Stake, *, form: VoteReasonForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    """The form by the vote, as htmx swaps it in."""
    context = {
        "reason": stake,
        "reason_form": form or VoteReasonForm(initial=reason_of(stake)),
        "is_open": form is not None,
        "said": said,
    }
    return render(request, "ideas/parts/vote_reason.html", context, status=status)


@require_safe
def idea_voices(request: HttpRequest, pk: int) -> HttpResponse:
    """All that supporters say an idea would let them do, the newest first."""
    idea, canonical = find_with_canonical(request, pk)
    if canonical:
        return redirect("ideas:idea-voices", canonical.pk)
    family = read_family(idea, request.user)
    is_team = request.user.has_perm(PLAN)
    said = voices(family.seen(), family.edges, is_team=is_team)
    page = keyset_page(said, order=VOICE_ORDER, cursor=request.GET.get("after", ""), size=VOICES_ON_A_PAGE)
    context = {
        "idea": idea,
        "parents": parents_of(idea),
        "voices": page.items,
        "is_team": is_team,
        "may_moderate": request.user.has_perm(MODERATE),
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
    }
    return render(request, "ideas/idea_voices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def sentence_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what a voter said out of sight: moderators."""
    title, label = _("Hide what this voter said?"), _("Hide")
    return _decide(request, pk, hide_sentence, title, label, _("The sentence is hidden."))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def sentence_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring it back: moderators."""
    title, label = _("Show what this voter said?"), _("Show")
    return _decide(request, pk, show_sentence, title, label, _("The sentence is shown again."))


def _decide(
    request: HttpRequest, pk: int, action: Callable[..., VoteSentence], title: str, label: str, said: str
) -> HttpResponse:
    visible = Idea.objects.visible_to(request.user)
    sentences = VoteSentence.objects.filter(idea__in=visible.values("pk")).select_related("idea__board", "member")
    sentence = get_object_or_404(sentences, pk=pk)
    check_can_moderate_sentence(request.user, sentence)
    form = SentenceReasonForm(typed(request), initial=take(request))
    decided, status = submit(form, action, sentence=sentence, by=request.user)
    voices_url = reverse("ideas:idea-voices", args=[sentence.idea_id])
    if decided:
        messages.success(request, said)
        return redirect(voices_url)
    context = {
        "title": title,
        "label": label,
        "sentence": sentence,
        "parents": parents_of(sentence.idea),
        "form": form,
        "cancel_url": voices_url,
    }
    return render(request, "ideas/sentence_decide.html", context, status=status)
