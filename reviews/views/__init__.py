"""The product team's screens in the Wagtail admin."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import Member
from community.content import Visibility
from community.views.requests import member_of
from core.errors import ConflictError
from core.forms import submit
from core.pagination import KeysetPage, keyset_page
from core.refusals import RefusalMixin
from core.screens import PathMixin
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import may_see_voters
from ideas.querysets import readable_boards
from reviews import permissions
from reviews.actions import (
    MOST_IDEAS,
    add_ideas,
    change_draft,
    create_draft,
    discard_draft,
    remove_idea,
)
from reviews.beside import beside
from reviews.columns import FIGURES, IDEA, TickColumn, WideTable
from reviews.deciding import with_decided
from reviews.forms import RankFilterSet, RemovalForm, ReviewForm, SelectionForm
from reviews.models import Review, ReviewItem, ReviewWork, SnapshotIdea
from reviews.ranking import ORDER, RankedIdea, for_ranked_list, ranked, with_figures
from reviews.rules import BUILT_IN
from reviews.selection import takes_long
from reviews.tracking_actions import record_look
from reviews.views.details import draft_context, published_context, working_context
from reviews.work_actions import begin_publishing, keep_ranked
from reviews.works import Progress, progress_of

USUAL_TOP = 10
PAGE_SIZE = 50
ICON = "clipboard-list"


def readable(user: Any) -> QuerySet[IdeaBoardPage]:
    return IdeaBoardPage.objects.filter(pk__in=readable_boards(user))


class Screen(PathMixin, RefusalMixin):
    """A screen of the product team; those of one review are found by its number, or are not there."""

    request: HttpRequest
    kwargs: dict[str, Any]
    header_icon = ICON

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_view(request.user)

    @property
    def member(self) -> Member:
        return member_of(self.request)

    @cached_property
    def review(self) -> Review:
        reviews = Review.objects.visible_to(self.request.user).select_related("board", "created_by", "published_by")
        return get_object_or_404(reviews, pk=self.kwargs["pk"])

    def path_to_review(self) -> list[tuple[str, str]]:
        return [
            (reverse("reviews:index"), gettext("Product reviews")),
            (self.review.get_absolute_url(), str(self.review)),
        ]


def state_of(review: Any) -> Any:
    """How far a review is, of those that know whether they are decided."""
    return gettext("decided") if review.is_decided else review.get_state_display()


class IndexView(Screen, BaseListingView):
    """All reviews of boards that the person may read, the newest first."""

    page_title = _("Product reviews")
    index_url_name = "reviews:index"
    results_template_name = "reviews/index_results.html"
    verbose_name_plural = _("product reviews")
    table_class = WideTable
    table_classname = WideTable.classname
    paginate_by = 20
    columns = [
        TitleColumn("title", label=_("Title"), get_url=lambda review: review.get_absolute_url()),
        Column("board", label=_("Board")),
        StatusTagColumn("state", label=_("State"), accessor=state_of, primary=lambda review: review.is_published),
        NumberColumn(
            "ideas", label=_("Ideas"), accessor=lambda review: review.frozen_count or review.pinned_count or ""
        ),
        UserColumn("created_by", label=_("Prepared by")),
        DateColumn("created_at", label=_("Begun")),
        DateColumn("published_at", label=_("Published")),
    ]

    def get_base_queryset(self) -> QuerySet[Review]:
        reviews = Review.objects.visible_to(self.request.user).select_related(
            "board", "created_by__wagtail_userprofile"
        )
        frozen = SnapshotIdea.objects.filter(review=OuterRef("pk")).order_by().values("review")
        pinned = ReviewItem.objects.filter(review=OuterRef("pk"), choice=ReviewItem.Choice.PINNED).order_by()
        counted = {
            "frozen_count": Subquery(frozen.annotate(count=Count("pk")).values("count")),
            "pinned_count": Subquery(pinned.values("review").annotate(count=Count("pk")).values("count")),
        }
        return with_decided(reviews).annotate(**counted).order_by("-pk")

    def get_path(self) -> list[tuple[str, str]]:
        return [("", gettext("Product reviews"))]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(permissions.ADD):
            return []
        return [
            HeaderButton(gettext("New review"), url=reverse("reviews:build"), icon_name="plus"),
            HeaderButton(gettext("Choose by hand"), url=reverse("reviews:boards"), icon_name="list-ul"),
        ]

    @property
    def header_more_buttons(self) -> list[Button]:
        return [
            Button(gettext("Every month"), url=reverse("reviews:recurring"), icon_name="calendar", priority=1),
            Button(gettext("What became of reviews"), url=reverse("reviews:outcomes"), icon_name="history", priority=2),
        ]


class BoardsView(Screen, BaseListingView):
    """The boards that the person may read, to open one of them ranked. Where there is only one, it opens."""

    page_title = _("Ranked boards")
    index_url_name = "reviews:boards"
    verbose_name_plural = _("boards")
    columns = [
        TitleColumn("title", label=_("Board"), url_name="reviews:ranked"),
        NumberColumn("ideas", label=_("Ideas"), accessor="idea_count"),
    ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        boards = list(readable(request.user)[:2])
        if len(boards) == 1:
            return redirect("reviews:ranked", boards[0].pk)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[IdeaBoardPage]:
        listed = Q(ideas__visibility=Visibility.VISIBLE, ideas__canonical__isnull=True)
        return readable(self.request.user).annotate(idea_count=Count("ideas", filter=listed)).order_by("title", "pk")

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("reviews:index"), gettext("Product reviews")), ("", gettext("Ranked boards"))]


class RankedView(Screen, BaseListingView):
    """A board's ideas in the policy's order, page by page, to choose from for a new review."""

    page_title = _("Ranked board")
    results_template_name = "reviews/ranked_results.html"
    filterset_class = RankFilterSet
    verbose_name_plural = _("ideas")
    page_kwarg = "cursor"
    is_adding = False
    page: KeysetPage[Idea]

    @cached_property
    def board(self) -> IdeaBoardPage:
        return get_object_or_404(readable(self.request.user), pk=self.kwargs["board"])

    def get_index_url(self) -> str:
        return reverse("reviews:ranked", args=[self.board.pk])

    def get_index_results_url(self) -> str:
        return reverse("reviews:ranked-results", args=[self.board.pk])

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(), "board": self.board}

    def get_queryset(self) -> list[RankedIdea]:
        ideas = self.filter_queryset(for_ranked_list(ranked(self.request.user, self.board)))
        self.page = keyset_page(ideas, order=ORDER, cursor=self.request.GET.get("cursor", ""), size=PAGE_SIZE)
        return with_figures(self.page.items, timezone.now())

    def get_table(self, object_list: Any) -> WideTable:
        columns = [TickColumn(taken=self.get_taken()), IDEA, *FIGURES]
        return WideTable(
            columns, object_list, base_url=self.index_url, caption=gettext("Ideas in the order of their rank")
        )

    def get_taken(self) -> Collection[int]:
        return ()

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(*args, **kwargs),
            "page": self.page,
            "policy": BUILT_IN["supporters"],
            "chosen_filters": [(name, value) for name in ("status", "tag") for value in self.request.GET.getlist(name)],
            "choose_url": self.get_choose_url(),
            "is_adding": self.is_adding,
            "usual_top": USUAL_TOP,
            "most": MOST_IDEAS,
        }

    def get_choose_url(self) -> str:
        return reverse("reviews:create", args=[self.board.pk])

    def get_path(self) -> list[tuple[str, str]]:
        return [
            (reverse("reviews:index"), gettext("Product reviews")),
            ("", gettext("Ranked board: %(board)s") % {"board": self.board.title}),
        ]


class AddView(RankedView):
    """The same list, to choose more ideas for a draft."""

    page_title = _("Add ideas")
    is_adding = True

    @cached_property
    def board(self) -> IdeaBoardPage:
        return self.review.board

    def get_index_url(self) -> str:
        return reverse("reviews:add", args=[self.review.pk])

    def get_index_results_url(self) -> str:
        return reverse("reviews:add-results", args=[self.review.pk])

    def get_choose_url(self) -> str:
        return self.get_index_url()

    def get_taken(self) -> Collection[int]:
        pinned = self.review.items.filter(choice=ReviewItem.Choice.PINNED)
        return set(pinned.values_list("idea", flat=True))

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Add ideas"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_change(request.user, self.review)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_change(request.user, self.review)
        selection = selection_of(request, self.board, request.POST)
        if not selection.is_valid():
            return self.refused(selection.sentence, 422)
        try:
            added = add_ideas(review=self.review, by=self.member, ideas=selection.cleaned_data["ideas"])
        except ConflictError as error:
            return self.refused(str(error), 409)
        said = ngettext("%(count)s idea was added.", "%(count)s ideas were added.", added) % {"count": added}
        messages.success(request, said)
        return redirect(self.review)

    def refused(self, sentence: str, status: int) -> HttpResponse:
        messages.error(self.request, sentence)
        response: HttpResponse = super().get(self.request)
        response.status_code = status
        return response


class CreateView(Screen, WagtailAdminTemplateMixin, View):
    """The title and the note of a new review, and once more the ideas that were chosen for it."""

    template_name = "reviews/create.html"
    page_title = _("New product review")

    @cached_property
    def board(self) -> IdeaBoardPage:
        return get_object_or_404(readable(self.request.user), pk=self.kwargs["board"])

    def get_path(self) -> list[tuple[str, str]]:
        return [
            (reverse("reviews:index"), gettext("Product reviews")),
            (reverse("reviews:ranked", args=[self.board.pk]), gettext("Ranked board: %s") % self.board.title),
            ("", gettext("New product review")),
        ]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_create(request.user, self.board)
        selection = selection_of(request, self.board, request.GET)
        if not selection.is_valid():
            messages.error(request, selection.sentence)
            return redirect("reviews:ranked", self.board.pk)
        return self.show(ReviewForm(), selection.cleaned_data["ideas"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_create(request.user, self.board)
        form, selection = ReviewForm(request.POST), selection_of(request, self.board, request.POST)
        status = 422
        if selection.is_valid():
            ideas = selection.cleaned_data["ideas"]
            review, status = submit(form, create_draft, board=self.board, by=self.member, ideas=ideas)
            if review:
                return redirect(review)
        else:
            form.add_error(None, selection.sentence)
        return self.show(form, selection.still_there(), status)

    def show(self, form: ReviewForm, ideas: list[int], status: int = 200) -> HttpResponse:
        chosen = for_ranked_list(ranked(self.request.user, self.board)).filter(pk__in=ideas)
        rows = with_figures(chosen, timezone.now())
        table = WideTable([TickColumn(ticked=ideas), IDEA, *FIGURES], rows, caption=gettext("Chosen ideas"))
        context = self.get_context_data(form=form, table=table, media=form.media + table.media, board=self.board)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class DetailView(Screen, WagtailAdminTemplateMixin, View):
    """A draft with its ideas as they rank now, or a published review as it was published."""

    def get_template_names(self) -> list[str]:
        if self.review.is_published:
            return ["reviews/published.html"]
        return ["reviews/working.html" if self.is_held else "reviews/draft.html"]

    @cached_property
    def held(self) -> Progress | None:
        """How far the worker is with what keeps the review from being changed."""
        return progress_of(self.review, ReviewWork.Kind.SENDING, ReviewWork.Kind.PUBLISHING)

    @property
    def is_held(self) -> bool:
        return not self.review.is_published and self.held is not None and self.held.is_under_way

    def get_page_title(self) -> str:
        return self.review.title

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review()[:-1], ("", self.review.title)]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record_look(review=self.review, by=self.member)
        page = request.GET.get("p", "")
        if self.review.is_published:
            context = published_context(request.user, self.review, self.review.snapshot, page)
        elif self.held and self.is_held:
            context = working_context(request.user, self.held)
        else:
            context = {"held": self.held, **draft_shown(request, self.review, self.member)}
        context |= beside(request.user, self.review, context.get("shown", ()))
        response: HttpResponse = self.render_to_response(self.get_context_data(**{"review": self.review, **context}))
        return response

    @property
    def header_buttons(self) -> list[HeaderButton]:
        review, user = self.review, self.request.user
        if self.is_held:
            return []
        if review.is_published:
            return [
                self.button(gettext("CSV"), "download", "export", "csv", priority=1),
                self.button(gettext("Markdown"), "download", "export", "md", priority=2),
            ]
        buttons = [self.button(gettext("Publish"), "upload", "publish")] if user.has_perm(permissions.PUBLISH) else []
        if review.is_draft and user.has_perm(permissions.CHANGE):
            buttons.append(self.button(gettext("Send to review"), "check", "send-to-review", priority=2))
        return buttons

    @property
    def header_more_buttons(self) -> list[Button]:
        looked = self.button(gettext("Who looked at it"), "view", "activity", priority=9, kind=Button)
        review, may_change = self.review, self.request.user.has_perm(permissions.CHANGE) and not self.is_held
        if review.is_published:
            if self.request.user.has_perm(permissions.SEND):
                label = gettext("Send to a tracker")
                sent = [self.button(label, "link-external", "trackers", priority=8, kind=Button), looked]
            else:
                sent = [looked]
            return sent if review.snapshot.is_first_format else [*sent, *self.published_buttons()]
        if not may_change:
            return [looked]
        if review.is_in_review:
            return [looked, self.button(pgettext("a review", "Take back"), "undo", "take-back", kind=Button)]
        return [
            looked,
            self.button(gettext("What is chosen"), "list-ul", "rules", priority=1, kind=Button),
            self.button(gettext("Edit"), "edit", "edit", priority=2, kind=Button),
            self.button(gettext("Discard"), "bin", "discard", priority=3, kind=Button),
        ]

    def published_buttons(self) -> list[Button]:
        buttons = [
            self.button(gettext("Excel (XLSX)"), "download", "export", "xlsx", priority=1, kind=Button),
            self.button(gettext("JSON Lines"), "download", "export", "jsonl", priority=2, kind=Button),
            self.button(gettext("Print"), "doc-full", "print", priority=4, kind=Button),
            self.button(gettext("What changed"), "history", "difference", priority=5, kind=Button),
        ]
        if may_see_voters(self.request.user):
            label = gettext("Supporters (CSV)")
            buttons.append(self.button(label, "download", "supporters", priority=3, kind=Button))
        return buttons

    def button(self, label: str, icon: str, name: str, *args: str, priority: int = 1, kind: Any = HeaderButton) -> Any:
        address = reverse(f"reviews:{name}", args=[self.review.pk, *args])
        return kind(label, url=address, icon_name=icon, priority=priority)


def draft_shown(request: HttpRequest, review: Review, member: Member) -> dict[str, Any]:
    """What a draft shows; a large one is ranked by the worker from the first look at it."""
    at_once = not takes_long(review)
    if not at_once:
        with suppress(ConflictError):
            keep_ranked(review=review, by=member)
    progress = None if at_once else progress_of(review, ReviewWork.Kind.RANKING)
    can_change = request.user.has_perm(permissions.CHANGE)
    return draft_context(request.user, review, can_change, request.GET.get("p", ""), progress, at_once=at_once)


class EditView(Screen, WagtailAdminTemplateMixin, View):
    """The title and the note of a draft."""

    template_name = "reviews/edit.html"
    page_title = _("Edit")

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", gettext("Edit"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_change(request.user, self.review)
        return self.show(ReviewForm(instance=self.review))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        permissions.check_can_change(request.user, self.review)
        form = ReviewForm(request.POST, instance=self.review)
        changed, status = submit(form, change_draft, review=self.review, by=self.member)
        if changed:
            messages.success(request, gettext("The draft is saved."))
            return redirect(self.review)
        return self.show(form, status)

    def show(self, form: ReviewForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, media=form.media)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class RemoveView(Screen, View):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RemovalForm(request.POST)
        if not form.is_valid():
            raise Http404
        remove_idea(review=self.review, by=self.member, idea=form.cleaned_data["idea"])
        messages.success(request, gettext("The idea was taken out of the draft."))
        return redirect(self.review)


class ConfirmView(Screen, WagtailAdminTemplateMixin, View):
    """Asks once more, and then does what its subclass says."""

    template_name = "reviews/confirm.html"
    label: Any
    icon = ""
    is_serious = False
    sentence: Any = ""

    def get_path(self) -> list[tuple[str, str]]:
        return [*self.path_to_review(), ("", str(self.label))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check(request)
        try:
            return self.act(request)
        except ConflictError as error:
            return self.show(str(error), 409)

    def show(self, error: str = "", status: int = 200) -> HttpResponse:
        context = self.get_context_data(review=self.review, error=error)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def check(self, request: HttpRequest) -> None:
        """Raises ForbiddenError where the person may not."""
        raise NotImplementedError

    def act(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError


class PublishView(ConfirmView):
    page_title = _("Publish this review?")
    label = _("Publish")
    icon = "upload"
    sentence = _(
        "What it says of its ideas is frozen: numbers as of its cut-off, and titles, texts, tags and voices as they "
        "are now. Nobody can change the review afterwards, whatever becomes of the ideas."
    )

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_publish(request.user, self.review)

    def act(self, request: HttpRequest) -> HttpResponse:
        if isinstance(begin_publishing(review=self.review, by=self.member), ReviewWork):
            messages.success(request, gettext("The review is being published. This page shows how far it is."))
        else:
            messages.success(request, gettext("The review is published and will stay as it is."))
        return redirect(self.review)


class DiscardView(ConfirmView):
    page_title = _("Discard this draft?")
    label = _("Discard")
    icon = "bin"
    is_serious = True
    sentence = _("The draft and its note will be gone. The ideas stay on their board.")

    def check(self, request: HttpRequest) -> None:
        permissions.check_can_change(request.user, self.review)

    def act(self, request: HttpRequest) -> HttpResponse:
        discard_draft(review=self.review, by=self.member)
        messages.success(request, gettext("The draft is discarded."))
        return redirect("reviews:index")


def selection_of(request: HttpRequest, board: IdeaBoardPage, chosen: Any) -> SelectionForm:
    """The ideas chosen in the ranked list of a board, under the filters that were chosen with them."""
    on_board = ranked(request.user, board)
    filters = RankFilterSet(data=chosen, queryset=on_board, request=request, board=board)
    return SelectionForm(chosen, on_board=on_board, listed=filters.qs if filters.is_valid() else on_board)
