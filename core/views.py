"""Pages that belong to no subject: health, and a form whose token was missing or old."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.forms import typed_texts


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says that the form was not sent and shows what had been typed, so that it can be copied."""
    return render(request, "403_csrf.html", {"typed": typed_texts(request)}, status=403)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: the database answers too; else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
