"""What people see and do in the forums: each view finds its subject through the gate, calls one action, and answers."""

from community.views.forums import forum_page, question_create

__all__ = ["forum_page", "question_create"]
