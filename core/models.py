"""The record of imports, and the schedule. Content points at the run that brought it; importers are in `exchange`."""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One run of an import command: what it read, what it brought, what it could not use, and whether it was undone."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=40)
    name = models.CharField(max_length=255, help_text=_("Name of the file or folder that was read."))
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    counts = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(
        default=list, blank=True, help_text=_("The first rows that could not be used, and why.")
    )
    problem_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.format} {self.name}"


class ScheduledTask(models.Model):
    """What recurs, and when next: every so many minutes, or at an hour (UTC) of each day or of one day of the month."""

    name = models.CharField(max_length=100, unique=True)
    task_path = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(null=True)
    hour = models.PositiveSmallIntegerField(null=True)
    day = models.PositiveSmallIntegerField(null=True)
    is_registered = models.BooleanField(default=False)
    next_run_at = models.DateTimeField(db_index=True)
    last_run_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=False, minutes__range=(1, 1440), hour__isnull=True, day__isnull=True)
                | Q(minutes__isnull=True, hour__isnull=False, hour__range=(0, 23))
                & (Q(day__isnull=True) | Q(day__range=(1, 28))),
                name="scheduled_task_rhythm",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def next_after(self, moment: datetime) -> datetime:
        """The first moment of its rhythm that lies after this one."""
        moment = moment.astimezone(UTC)
        if self.minutes is not None:
            step = self.minutes * 60
            return datetime.fromtimestamp((int(moment.timestamp()) // step + 1) * step, UTC)
        found = moment.replace(hour=self.hour or 0, minute=0, second=0, microsecond=0)
        if self.day is None:
            return found if found > moment else found + timedelta(days=1)
        found = found.replace(day=self.day)
        if found > moment:
            return found
        return found.replace(year=found.year + found.month // 12, month=found.month % 12 + 1)


class WorkerProcess(models.Model):
    """A worker that runs, or ran until lately."""

    worker_id = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["started_at", "pk"]

    def __str__(self) -> str:
        return self.worker_id
