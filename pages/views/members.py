"""What a member shows of themselves."""

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.badges import BADGES
from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member
from community.content import Visibility
from community.models import Answer, Question
from ideas.models import Idea
from moderation.models import Suspension
from moderation.permissions import SUSPEND, may_suspend
from pages.listings import Listing, Tab


@require_safe
def member_detail(request: HttpRequest, handle: str) -> HttpResponse:
    """Who a member is, and those of their posts that are visible to all who may read the page that holds them.

    The inactive have no page, nor have placeholders of whom the reader may see nothing. Of a person who was erased the
    page shows the posts alone, if there are any. Members see of themselves, and moderators of everybody, why somebody
    is suspended.
    """
    if handle != handle.lower():
        return redirect("pages:member-detail", handle.lower(), permanent=True)
    is_here = Q(is_active=True) | Q(erased_at__isnull=False)
    found = Member.objects.exclude(handle=SYSTEM_HANDLE).filter(is_here, handle=handle)
    in_roles = list(found.annotate(role=F("groups__name")))  # once for each of their roles, once for none
    if not in_roles:
        raise Http404
    member = in_roles[0]
    visible = {"author": member, "visibility": Visibility.VISIBLE}
    questions = Question.objects.visible_to(request.user).filter(**visible)
    answers = Answer.objects.visible_to(request.user).filter(**visible, question__visibility=Visibility.VISIBLE)
    ideas = Idea.objects.visible_to(request.user).filter(**visible)
    listing = Listing(
        request,
        [
            Tab("questions", _("Questions"), questions.for_list()),
            Tab("answers", _("Answers"), answers.select_related("question__forum")),
            Tab("ideas", _("Ideas"), ideas.for_list().select_related("canonical__status", "canonical__board")),
        ],
    )
    if (member.is_placeholder or member.erased_at) and not listing.total:
        raise Http404
    roles = {row.role for row in in_roles}
    is_own = request.user == member
    suspension = None
    if member.is_suspended and (is_own or request.user.has_perm(SUSPEND)):
        suspension = Suspension.objects.standing().filter(member=member).select_related("suspended_by").first()
    context = {
        "person": member,
        "badges": [badge for role, badge in BADGES.items() if role in roles],
        "listing": listing,
        "is_own": is_own,
        "suspension": suspension,
        "may_suspend": may_suspend(request.user, member),
    }
    return render(request, "pages/member_detail.html", context)
