"""What is kept of searches, for a short time and without who they were by; search.insight writes it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitSalt(models.Model):
    """What the visits of a day are hashed with. Once it is deleted, after the day, nobody can tell whose they were."""

    day = models.DateField(primary_key=True)
    salt = models.CharField(max_length=43)

    def __str__(self) -> str:
        return str(self.day)


class LoggedSearch(models.Model):
    """The folded words that somebody looked for on a day (UTC), once a visit, and how much had all of them."""

    day = models.DateField(_("day"))
    visit = models.CharField(max_length=32)
    words = models.CharField(_("words"), max_length=200)
    language = models.CharField(_("language"), max_length=10)
    result_count = models.PositiveIntegerField(_("results"))

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        default_permissions = ()
        permissions = [("view_loggedsearch", "Can view what is searched for")]
        constraints = [models.UniqueConstraint(fields=["day", "visit", "words"], name="search_logged_once")]

    def __str__(self) -> str:
        return self.words


class SearchClick(models.Model):
    """A result that was opened, and which from the top it was."""

    search = models.ForeignKey(LoggedSearch, on_delete=models.CASCADE, related_name="clicks")
    kind = models.CharField(max_length=10)
    post = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["search", "kind", "post"], name="result_clicked_once")]

    def __str__(self) -> str:
        return f"{self.search}: {self.rank}"


class FollowedSuggestion(models.Model):
    """A similar post that somebody went to while writing one; `is_posted` once they posted on that day anyway."""

    day = models.DateField(_("day"))
    visit = models.CharField(max_length=32)
    kind = models.CharField(max_length=10)
    post = models.BigIntegerField()
    rank = models.PositiveSmallIntegerField()
    is_posted = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "visit", "kind", "post"], name="suggestion_followed_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.post}"
