"""What happened in the forums, sent by actions inside their transaction. Receivers only write rows."""

from django.dispatch import Signal

question_asked = Signal()  # question, by
question_answered = Signal()  # answer, by
answer_accepted = Signal()  # answer, by
answer_unaccepted = Signal()  # answer, by
comment_posted = Signal()  # comment, by; sent by ideas too
content_edited = Signal()  # content, by; sent by ideas too
visibility_changed = Signal()  # content, by, previous; sent by ideas too
languages_changed = Signal()  # keys; the sender is the model; sent of ideas too
questions_merged = Signal()  # edge, by
question_merge_undone = Signal()  # edge, by
