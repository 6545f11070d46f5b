"""What happened on the boards, sent by actions inside their transaction. Receivers only write rows."""

from django.dispatch import Signal

idea_posted = Signal()  # idea, by
vote_cast = Signal()  # idea, by, member
vote_explained = Signal()  # vote, by
vote_withdrawn = Signal()  # idea, by, member
votes_reinstated = Signal()  # votes
votes_set_apart = Signal()  # edge, by
votes_rejoined = Signal()  # edge, by
ideas_merged = Signal()  # edge, by
idea_merge_undone = Signal()  # edge, by
status_changed = Signal()  # change, by
answer_corrected = Signal()  # change, by
idea_planned = Signal()  # idea, by, changed (names of fields)
idea_placed = Signal()  # idea, by, neighbour, is_before
cost_estimated = Signal()  # idea, by, cost (None where an estimate was taken back)
tracker_linked = Signal()  # link, by
tracker_unlinked = Signal()  # link, by
note_written = Signal()  # note, by
note_edited = Signal()  # note, by
note_removed = Signal()  # note, by
idea_tagged = Signal()  # idea, by, added, removed (names of tags)
idea_followed = Signal()  # subscription, by
idea_unfollowed = Signal()  # subscription, by
sentence_hidden = Signal()  # sentence, by, reason
sentence_shown = Signal()  # sentence, by, reason
