"""Below /admin/, where wagtail_hooks puts them."""

from django.urls import path

from reviews import decision_views, research_views, talk_views, tracking_views, views

app_name = "reviews"
urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("boards/", views.BoardsView.as_view(), name="boards"),
    path("boards/<int:board>/", views.RankedView.as_view(), name="ranked"),
    path("boards/<int:board>/results/", views.RankedView.as_view(results_only=True), name="ranked-results"),
    path("boards/<int:board>/new/", views.CreateView.as_view(), name="create"),
    path("<int:pk>/", views.DetailView.as_view(), name="detail"),
    path("<int:pk>/edit/", views.EditView.as_view(), name="edit"),
    path("<int:pk>/add/", views.AddView.as_view(), name="add"),
    path("<int:pk>/add/results/", views.AddView.as_view(results_only=True), name="add-results"),
    path("<int:pk>/remove/", views.RemoveView.as_view(), name="remove"),
    path("<int:pk>/publish/", views.PublishView.as_view(), name="publish"),
    path("<int:pk>/discard/", views.DiscardView.as_view(), name="discard"),
    path("<int:pk>/export.<slug:form>", views.ExportView.as_view(), name="export"),
    path("<int:pk>/decide/", decision_views.ApplyView.as_view(), name="decide"),
    path("<int:pk>/ideas/<int:idea>/", decision_views.IdeaView.as_view(), name="idea"),
    path("<int:pk>/ideas/<int:idea>/decide/", decision_views.DecideIdeaView.as_view(), name="idea-decide"),
    path("<int:pk>/ideas/<int:idea>/withdraw/", decision_views.WithdrawView.as_view(), name="proposal-withdraw"),
    path("<int:pk>/ideas/<int:idea>/comment/", talk_views.CommentView.as_view(), name="comment-idea"),
    path("<int:pk>/comment/", talk_views.CommentView.as_view(), name="comment"),
    path("<int:pk>/comments/<int:comment>/edit/", talk_views.EditCommentView.as_view(), name="comment-edit"),
    path("<int:pk>/comments/<int:comment>/remove/", talk_views.RemoveCommentView.as_view(), name="comment-remove"),
    path("<int:pk>/activity/", tracking_views.ActivityView.as_view(), name="activity"),
    path("outcomes/", tracking_views.OutcomesView.as_view(), name="outcomes"),
    path("recurring/", tracking_views.RecurringIndexView.as_view(), name="recurring"),
    path("recurring/new/", tracking_views.RecurringFormView.as_view(), name="recurring-create"),
    path("recurring/<int:recurring>/", tracking_views.RecurringFormView.as_view(), name="recurring-edit"),
    path("<int:pk>/research/", research_views.ReviewResearchView.as_view(), name="review-research"),
    path("research/", research_views.ResearchIndexView.as_view(), name="research"),
    path("research/new/", research_views.ResearchCreateView.as_view(), name="research-create"),
    path("research/<int:pk>/", research_views.ResearchView.as_view(), name="research-detail"),
    path("research/<int:pk>/edit/", research_views.ResearchEditView.as_view(), name="research-edit"),
    path("research/<int:pk>/withdraw/", research_views.ResearchWithdrawView.as_view(), name="research-withdraw"),
    path("research/<int:pk>/answer/", research_views.ResearchAnswerView.as_view(), name="research-answer"),
    path("research/<int:pk>/attach/", research_views.AttachView.as_view(), name="research-attach"),
    path("research/<int:pk>/items/<int:item>/remove/", research_views.DetachView.as_view(), name="research-detach"),
]
