"""How a text will look, before it is posted."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from community.forms import PreviewForm
from community.permissions import check_can_post
from core import markdown


@require_POST
def markdown_preview(request: HttpRequest) -> HttpResponse:
    """A member's Markdown as HTML, as it will be when it is posted; or a sentence on what is wrong with it."""
    check_can_post(request.user)
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(format_html_join("", "<p>{}</p>", zip(form.errors["text"])), status=422)
    return HttpResponse(markdown.render(form.cleaned_data["text"]))
