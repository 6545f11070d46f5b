"""What carries a tag, in all forums and on all boards."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from taggit.models import Tag

from community.models import Question
from ideas.models import Idea
from pages.listings import Listing, Tab


@require_safe
def tag_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The listed questions and ideas with a tag. One that nothing carries that the reader may see is not there."""
    if "\0" in slug:
        raise Http404
    tag = get_object_or_404(Tag, slug=slug)
    questions = Question.objects.visible_to(request.user).listed().filter(tags=tag)
    ideas = Idea.objects.visible_to(request.user).listed().filter(tags=tag)
    listing = Listing(
        request,
        [Tab("questions", _("Questions"), questions.for_list()), Tab("ideas", _("Ideas"), ideas.for_list())],
    )
    if not listing.total:
        raise Http404
    return render(request, "pages/tag_detail.html", {"tag": tag, "listing": listing})
