"""Where Wagtail's own answer would not do."""

from typing import Any

from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.models import CollectionViewRestriction


@hooks.register("before_serve_document", order=-1)
def refuse_members(document: Any, request: HttpRequest) -> None:
    """A document that a member may not have is not there. Wagtail would send them to sign in, again and again."""
    if request.user.is_authenticated:
        restrictions = document.collection.get_view_restrictions()
        asks = (CollectionViewRestriction.LOGIN, CollectionViewRestriction.GROUPS)
        if any(rule.restriction_type in asks and not rule.accept_request(request) for rule in restrictions):
            raise Http404
