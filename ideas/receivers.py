"""What follows from what happened: languages are detected, and who proves an address hears of votes that the team added
for a customer with this address."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import Member
from community.actions.languages import detect_later
from ideas.claims import waiting_for
from ideas.models import Idea
from ideas.signals import idea_posted


@receiver(idea_posted)
def detect_language_of_idea(idea: Idea, **kwargs: Any) -> None:
    detect_later(idea)


@receiver(email_confirmed)
def tell_who_proved_an_address(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    _tell(request, email_address.user)


@receiver(user_signed_up)
def tell_who_came_with_a_proved_address(request: HttpRequest, user: Member, **kwargs: Any) -> None:
    _tell(request, user)


def _tell(request: HttpRequest, member: Member) -> None:
    if waiting_for(member).exists():
        text = _("We keep votes that you gave us before you had an account. <a href='{url}'>See them</a>")
        messages.info(request, format_html(text, url=reverse("ideas:own-votes")), fail_silently=True)
