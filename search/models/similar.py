"""What posts are compared by; search.similar.keeping writes it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Profile(models.Model):
    """What a visible question or idea is compared by; see search.similar.traits.

    `post` is its number (search.similar.numbers), `page` the forum or board that holds it. `compared_at` is when it was
    last looked for what it may be a duplicate of.
    """

    post = models.BigIntegerField(primary_key=True)
    page = models.IntegerField()
    traits = models.BinaryField()
    changed_at = models.DateTimeField(default=timezone.now)
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-changed_at"], name="profile_newest"),
            models.Index(fields=["post"], condition=Q(compared_at__isnull=True), name="profile_uncompared"),
        ]

    def __str__(self) -> str:
        return str(self.post)


class Posting(models.Model):
    """A word or a 4-gram that leads to a post on a page."""

    pk = models.CompositePrimaryKey("lead", "page", "post")
    lead = models.IntegerField()
    page = models.IntegerField()
    post = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.lead}: {self.post}"


class Vector(models.Model):
    """What a post means, as numbers that the named model made of the text with this hash; see search.similar.vectors.

    `checked_at` is when the text was last compared with what the post says.
    """

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, primary_key=True)
    model = models.CharField(max_length=200)
    text = models.CharField(max_length=32)
    numbers = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["model", "-made_at"], name="vector_newest")]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.model}"
