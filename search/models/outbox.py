"""What Elasticsearch is still to be told, and what was told; see docs/adr/0008."""

from django.db import models
from django.utils import timezone

KIND_LENGTH = 10


class PendingDocument(models.Model):
    """A post, page, member or tag whose document has to be sent again or, if nobody may find it any more, removed."""

    kind = models.CharField(max_length=KIND_LENGTH)
    key = models.BigIntegerField()
    is_removal = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["attempts", "-is_removal", "id"], name="pending_document_order"),
            models.Index(fields=["kind", "key"], condition=models.Q(is_removal=True), name="pending_removal"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SyncRun(models.Model):
    """A batch on its way. Its number is the version of the documents in it, read from the database after it was made:

    whichever of two batches with the same post says the newer thing has the greater number, or the outbox still holds
    what the other one lacks.
    """

    kind = models.CharField(max_length=KIND_LENGTH)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True)
    sent = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"


class SearchIndex(models.Model):
    """An index of one kind: being filled up to `last_key`, live, or retired until it is dropped."""

    class State(models.TextChoices):
        FILLING = "filling", "filling"
        LIVE = "live", "live"
        RETIRED = "retired", "retired"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=KIND_LENGTH)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FILLING)
    mapping = models.CharField(max_length=64)
    owner = models.CharField(max_length=200)
    last_key = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField(default=timezone.now)
    live_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    drift = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="filling"), name="one_index_filling_of_a_kind"
            ),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(state="live"), name="one_index_live_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class SupportersSent(models.Model):
    """Up to which moment the supporters of ideas were noted in the outbox; one row."""

    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.until.isoformat()
