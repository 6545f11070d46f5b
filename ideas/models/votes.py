"""Votes: the ledger of what people did, its latest state, and in rows beside it what they or the team wrote."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ledger import Ledger
from ideas.models.ideas import Idea
from ideas.querysets import VoteQuerySet, VoteSentenceQuerySet

SENTENCE_LENGTH = 500


class Importance(models.TextChoices):
    """How much somebody needs what they vote for, if they say so."""

    NICE = "nice", _("nice to have")
    IMPORTANT = "important", _("important")
    CRITICAL = "critical", _("critical")


class VoteEvent(Ledger):
    """One line of the ledger: what became of a person's vote on an idea, with the organisation they then had.

    `clicked` is `idea`, except in lines that a withdrawal or its end wrote for the person's other votes in the family.
    `cast_by` is who acted where that was not the voter: a moderator on their behalf, or whoever excluded the vote.
    """

    class Kind(models.TextChoices):
        CAST = "cast", _("voted")
        WITHDRAWN = "withdrawn", _("withdrew")
        SILENCED = "silenced", _("withdrew on a merged idea")
        REINSTATED = "reinstated", _("counts again since the merge was undone")
        EXCLUDED = "excluded", _("does not count for now")
        RESTORED = "restored", _("counts again")
        RATED = "rated", _("said how important it is")

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        API = "api", _("API")
        EMAIL = "email", _("email")
        PHONE = "phone", _("phone")
        CHAT = "chat", _("chat")
        IMPORT = "import", _("import")

    # vote_event_of_vote serves it
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="vote_events", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    clicked = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    importance = models.CharField(max_length=10, choices=Importance.choices, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    plan = models.CharField(max_length=40, blank=True)
    import_run = models.ForeignKey("core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["idea", "member", "id"], name="vote_event_of_vote")]
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="vote_event_occurred_before_recorded"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.idea_id}"


class Vote(models.Model):
    """The latest state of a member's vote on one idea, as the ledger tells it.

    It stands while it is cast and not silenced, and counts while it stands and is not excluded; `cast_at` is when it
    was last cast.
    """

    # one_vote_per_member serves it
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="votes", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    is_cast = models.BooleanField()
    # Few votes are silenced: SQLite would rather use an index full of nulls than the one that is meant.
    silenced_through = models.ForeignKey(
        Idea, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cast_at = models.DateTimeField()
    importance = models.CharField(max_length=10, choices=Importance.choices, blank=True)
    is_excluded = models.BooleanField(default=False)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="one_vote_per_member")]
        # All that counting a family needs, so that the table, where its votes lie far apart, is not read.
        indexes = [
            models.Index(
                fields=["idea", "member", "cast_at"],
                condition=Q(is_cast=True, silenced_through__isnull=True, is_excluded=False),
                name="vote_counted",
            ),
            models.Index(
                fields=["silenced_through"], condition=Q(silenced_through__isnull=False), name="vote_silenced"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.idea_id}"

    @property
    def stands(self) -> bool:
        return self.is_cast and self.silenced_through_id is None


class VoteSentence(models.Model):
    """What a voter says an idea would let them do: for the product team, and for everybody if they say so.

    What a moderator hid stays hidden when its author rewrites it, until a moderator shows it again.
    """

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="sentences")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=SENTENCE_LENGTH)
    is_public = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = VoteSentenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="one_sentence_per_vote")]

    def __str__(self) -> str:
        return self.text


class VoteEvidence(models.Model):
    """Where the team learnt of a vote that it added for somebody: a ticket, a conversation."""

    event = models.OneToOneField(VoteEvent, on_delete=models.PROTECT, related_name="evidence")
    url = models.URLField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.url or self.note


class VoteNetwork(models.Model):
    """A salted hash of the network that a vote came from, kept for a short time; see ideas.networks."""

    event = models.OneToOneField(VoteEvent, on_delete=models.PROTECT, related_name="network")
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.digest[:8]
