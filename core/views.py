"""Pages that belong to no subject: health, and a form whose token was missing or old."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

NEVER_SHOWN = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code"}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says that the form was not sent and shows what had been typed, so that it can be copied."""
    typed = [value for name, value in request.POST.items() if name not in NEVER_SHOWN and len(str(value)) > 2]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready\n", content_type="text/plain")
