"""The abstract shapes of what members write: every post has an author, Markdown, a visibility and a past."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from core import markdown

TITLE_LENGTH = 200
BODY_LENGTH = 30_000
COMMENT_LENGTH = 5_000

# What else stands where slugs stand, as in /q/7/edit/: the address of a question titled “Edit” must not lead there.
RESERVED_SLUGS = {
    *("answer", "apart", "comment", "comments", "delete", "edit", "explain", "follow", "history"),
    *("merge", "merges", "plan", "questions", "rank", "rejoin", "seen", "signals", "status", "unfollow", "unmerge"),
    *("unvote", "voices", "vote", "votes"),
}


class Visibility(models.TextChoices):
    VISIBLE = "visible", _("visible")
    HELD = "held", _("waiting for a moderator")
    HIDDEN = "hidden", _("hidden")
    DELETED = "deleted", _("deleted")


class LanguageSource(models.TextChoices):
    """Who says which language a post is in; a post that nobody has looked at yet is unknown."""

    UNKNOWN = "", _("unknown")
    DETECTED = "detected", _("detected")
    PERSON = "person", _("a person")


class Content(models.Model):
    """A post of a member. The HTML and the excerpt follow the Markdown whenever it is set through `write`.

    `base_votes` counts votes that were cast elsewhere, before an import, by people we don't know.
    """

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("text"), blank=True)
    body_html = models.TextField(blank=True, editable=False)
    excerpt = models.CharField(max_length=markdown.EXCERPT_LENGTH, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.VISIBLE, editable=False)
    visibility_reason = models.CharField(max_length=500, blank=True, editable=False)
    visibility_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    visibility_at = models.DateTimeField(null=True, blank=True, editable=False)
    base_votes = models.IntegerField(default=0, editable=False)
    source = models.CharField(max_length=40, blank=True, editable=False)
    source_id = models.CharField(max_length=120, blank=True, editable=False)
    import_run = models.ForeignKey(
        "core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    def write(self, body: str) -> None:
        """Set the Markdown, and the HTML and excerpt made from it."""
        self.body = body
        self.body_html = markdown.render(body)
        self.excerpt = markdown.excerpt(self.body_html)

    @property
    def is_visible(self) -> bool:
        return self.visibility == Visibility.VISIBLE

    @property
    def parent(self) -> Content | None:
        """The post that this one stands under, None for what stands by itself."""
        return None

    @property
    def topic(self) -> Topic:
        """The question or idea that this post belongs to, itself if it is one."""
        raise NotImplementedError


class Topic(Content):
    """A post with a title and an address of its own: a question or an idea.

    `language` is a code of community.languages; nothing where it is another one, or can't be told.
    """

    title = models.CharField(_("title"), max_length=255)
    slug = models.SlugField(max_length=80, allow_unicode=True, editable=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    language = models.CharField(max_length=2, blank=True, default="", editable=False)
    language_source = models.CharField(
        max_length=8, choices=LanguageSource.choices, blank=True, default=LanguageSource.UNKNOWN, editable=False
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    @property
    def page(self) -> Page:
        """The page that holds the post and whose privacy is its own."""
        raise NotImplementedError

    @property
    def page_id(self) -> int:
        """The id of that page."""
        raise NotImplementedError

    def lock(self) -> None:
        """Lock what may have to change with this post or with one below it, until the transaction ends."""
        type(self)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=self.pk)

    def recount(self) -> None:
        """Count anew what is stored about the posts below it; the caller holds its lock."""
        raise NotImplementedError

    def name(self, title: str) -> None:
        """Set the title and the slug made from it."""
        self.title = title
        slug = slugify(title, allow_unicode=True)[:80].strip("-_") or "-"
        self.slug = f"about-{slug}" if slug in RESERVED_SLUGS else slug


class AbstractComment(Content):
    """A remark below a post. Subclasses say below which."""

    class Meta:
        abstract = True
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.excerpt


class AbstractRevision(models.Model):
    """How a post read until it was edited. Subclasses point at the post as `content`."""

    title = models.CharField(max_length=255, blank=True)
    body = models.TextField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering: ClassVar[list[Any]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.replaced_at:%Y-%m-%d %H:%M}"


class AbstractSubscription(models.Model):
    """Whether a member wants to hear of a topic, where they said so; what they do there speaks for itself otherwise.

    Subclasses point at the topic. A row that says no is kept: it outlasts merges and later votes.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_following = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class AbstractMergeEdge(models.Model):
    """A duplicate points at its target; undone, the line stays. Subclasses add `duplicate` and `target`.

    Their constraints: at most one edge of a duplicate stands, and nothing points at itself. It stood from `recorded_at`
    until `undone_at`; `merged_at` is when it was done, which an import or the demo may set earlier.
    """

    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    merged_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    import_run = models.ForeignKey("core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


def undetected_index(name: str) -> models.Index:
    """Leads to the posts whose language is still to be detected."""
    return models.Index(fields=["id"], condition=models.Q(language_source=LanguageSource.UNKNOWN), name=name)


def source_constraint(name: str) -> models.UniqueConstraint:
    """What was imported once is not imported again."""
    return models.UniqueConstraint(fields=["source", "source_id"], condition=~models.Q(source=""), name=name)


def edge_constraints(prefix: str) -> list[models.BaseConstraint]:
    """See AbstractMergeEdge."""
    return [
        models.UniqueConstraint(
            fields=["duplicate"], condition=models.Q(undone_at__isnull=True), name=f"{prefix}_merged_once"
        ),
        models.CheckConstraint(condition=~models.Q(duplicate=models.F("target")), name=f"{prefix}_not_into_itself"),
    ]
