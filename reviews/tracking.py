"""Who takes part in reviews, who looked at one and took it out of the site, and what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import Member
from reviews.models import DraftNotice, Review, ReviewLogEntry, ReviewLook
from reviews.querysets import VIEW


def reviewers() -> QuerySet[Member]:
    """The members who may see reviews, by name."""
    app_label, _dot, codename = VIEW.partition(".")
    granted = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    may = Q(is_superuser=True) | Q(groups__permissions__in=granted) | Q(user_permissions__in=granted)
    return Member.objects.filter(may, is_active=True).order_by("name", "pk").distinct()


def waiting_for(user: Any) -> QuerySet[DraftNotice]:
    """The drafts that were made for somebody, who may see them and has not opened them yet."""
    unseen = DraftNotice.objects.filter(member=user.pk, seen_at=None, review__in=Review.objects.visible_to(user))
    return unseen.select_related("review__board")


@dataclass(frozen=True)
class Download:
    """That somebody took a published review out of the site."""

    name: str
    form: str
    at: datetime


def looks_at(review: Review) -> QuerySet[ReviewLook]:
    """Who looked at the review, whoever did last first."""
    return ReviewLook.objects.filter(review=review).select_related("member")


def downloads_of(review: Review) -> list[Download]:
    """Who took the review out of the site, in which form and when, the newest first."""
    lines = ReviewLogEntry.objects.filter(
        review=review, action__in=["reviews.download", "reviews.send_to_tracker"]
    ).order_by("-timestamp", "-pk")
    names = Member.objects.in_bulk({line.user_id for line in lines if line.user_id})
    return [
        Download(
            name=names[line.user_id].name if line.user_id in names else "",
            form=line.data.get("form", ""),
            at=line.timestamp,
        )
        for line in lines
    ]
