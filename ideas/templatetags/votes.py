"""What templates say about votes."""

from django import template

from ideas.models import Importance

register = template.Library()


@register.filter
def importance(value: str) -> str:
    """How much somebody needs an idea, in words; empty where they didn't say."""
    return str(Importance(value).label) if value else ""
