"""Words and phrases that mean the same to this community, edited by moderators."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.panels import FieldPanel

from core.words import composed, folded_words

MOST_ENTRIES = 30
MOST_WORDS = 6
MOST_GROUPS = 1_000


class SynonymGroup(models.Model):
    """Words and phrases of which whoever looks for one finds the others.

    One way, only those who look for the first find the others. `runs` holds the lines as the search compares them.
    """

    words = models.TextField(
        gettext_lazy("words"),
        max_length=2_000,
        help_text=gettext_lazy("Words or phrases that mean the same, one a line. Case and accents make no difference."),
    )
    is_one_way = models.BooleanField(
        gettext_lazy("one way"),
        default=False,
        help_text=gettext_lazy(
            "Only whoever looks for the first line also finds the others: for a general word and special ones."
        ),
    )
    language = models.CharField(
        gettext_lazy("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=gettext_lazy("For people who read the site in this language. Empty: for all."),
    )
    runs = models.JSONField(default=list, editable=False)

    panels: ClassVar[list[Any]] = [FieldPanel("words"), FieldPanel("is_one_way"), FieldPanel("language")]

    class Meta:
        verbose_name = gettext_lazy("group of synonyms")
        verbose_name_plural = gettext_lazy("synonyms")
        ordering = ["words"]

    def __str__(self) -> str:
        lines = self.lines
        return " → ".join([lines[0], ", ".join(lines[1:])]) if self.is_one_way and lines else " = ".join(lines)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.runs = [_run(line) for line in self.lines]
        super().save(*args, **kwargs)

    @property
    def lines(self) -> list[str]:
        return [stripped for line in self.words.splitlines() if (stripped := " ".join(line.split()))]

    def clean(self) -> None:
        """Says in a sentence what the search could make nothing of."""
        super().clean()
        lines = self.lines
        runs = [_run(line) for line in lines]
        problems = []
        for line, run in zip(lines, runs, strict=True):
            if not run:
                problems.append(_("“%(line)s” has no letter and no digit.") % {"line": line})
            elif len(run) > MOST_WORDS:
                problems.append(
                    _("“%(line)s” is too long: a phrase has at most %(most)s words.")
                    % {"line": line, "most": MOST_WORDS}
                )
        if len(runs) > MOST_ENTRIES:
            problems.append(
                ngettext("At most %(most)s line.", "At most %(most)s lines.", MOST_ENTRIES) % {"most": MOST_ENTRIES}
            )
        twice = {" ".join(run) for index, run in enumerate(runs) if run and run in runs[:index]}
        problems += [_("“%(line)s” is there twice.") % {"line": line} for line in sorted(twice)]
        if len({tuple(run) for run in runs}) < 2 and not problems:
            problems.append(_("Write at least two lines: one word alone has no synonym."))
        if self._state.adding and SynonymGroup.objects.count() >= MOST_GROUPS:
            problems.append(_("There are %(most)s groups, which is as many as there can be.") % {"most": MOST_GROUPS})
        if problems:
            raise ValidationError({"words": problems})


def _run(line: str) -> list[str]:
    return list(folded_words(composed(line)))
