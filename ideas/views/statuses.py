"""Moving an idea through its board's statuses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.kept_forms import member_required, take
from community.views.posts import parents_of
from community.views.requests import typed
from core.forms import submit
from ideas.actions import change_status
from ideas.forms import StatusForm
from ideas.permissions import check_can_change_status
from ideas.views.finding import find_idea
from ideas.views.ideas import own_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an idea another status, and say why: moderators and the product team."""
    idea = find_idea(request, pk)
    check_can_change_status(request.user)
    form = StatusForm(typed(request), idea=idea, initial={"status": idea.status_id} | take(request))
    changed, status = submit(form, change_status, idea=idea, by=request.user)
    if changed:
        messages.success(request, _("The status is “%(status)s” now.") % {"status": changed.status.name})
        return redirect(own_page(changed))
    context = {"parents": parents_of(idea), "idea": idea, "form": form}
    return render(request, "ideas/idea_status.html", context, status=status)
