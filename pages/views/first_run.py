"""The one page that makes the site."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.errors import ForbiddenError
from pages.actions import NewAdministrator, set_up_site
from pages.first_run import has_administrator, has_home
from pages.forms import ADMINISTRATOR_FIELDS, SetupForm
from pages.permissions import AdministratorNeededError, check_can_set_up


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    """The form that makes the site. When there is a site, this page is gone."""
    if has_home():
        raise Http404
    try:
        check_can_set_up(request.user, request.GET.get("code", ""))
    except ForbiddenError as error:
        context = {"exception": str(error), "may_sign_in": isinstance(error, AdministratorNeededError)}
        return render(request, "pages/setup_closed.html", context, status=403)
    form = SetupForm(request.POST or None, has_administrator=has_administrator())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        person = [values.pop(name) for name in ADMINISTRATOR_FIELDS if name in values]
        administrator = set_up_site(**values, administrator=NewAdministrator(*person) if person else None)
        if administrator is not None:
            login(request, administrator, backend="accounts.backends.MemberBackend")
        messages.success(request, _("Your site is ready. Everything can be changed under Administration."))
        return redirect("/")
    return render(request, "pages/setup.html", {"form": form}, status=422 if form.errors else 200)
