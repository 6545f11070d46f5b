"""The picture that other sites show beside a link to an idea."""

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from ideas.ballots import may_see_count
from ideas.cards import Card, draw
from ideas.models import Idea

KEPT_FOR = 24 * 60 * 60
FRESH_FOR = 5 * 60


@require_safe
def idea_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of an idea that visitors may see, the same for everybody."""
    visitor = AnonymousUser()
    visible = Idea.objects.visible_to(visitor)
    idea = get_object_or_404(visible.select_related("board", "status"), pk=pk)
    if idea.canonical_id and not visible.filter(pk=idea.canonical_id).exists():
        raise Http404
    counted = idea.canonical_id is None and may_see_count(visitor, idea, is_voted=False)
    card = Card.of(idea, supporters=idea.supporter_count if counted else None)
    etag = f'"{card.digest}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        picture = cache.get_or_set(f"idea-card:{card.digest}", lambda: draw(card), KEPT_FOR)
        response = HttpResponse(picture, content_type="image/png")
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=FRESH_FOR)
    return response
