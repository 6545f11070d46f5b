"""Addresses of ideas. The boards themselves are Wagtail pages."""

from django.urls import path

from ideas import views

app_name = "ideas"
urlpatterns = [
    path("i/<int:pk>/", views.idea_detail, name="idea-detail"),
    path("i/<int:pk>/edit/", views.idea_edit, name="idea-edit"),
    path("i/<int:pk>/delete/", views.idea_delete, name="idea-delete"),
    path("i/<int:pk>/history/", views.idea_history, name="idea-history"),
    path("i/<int:pk>/rank/", views.idea_rank, name="idea-rank"),
    path("i/<int:pk>/status/", views.idea_status, name="idea-status"),
    path("i/<int:pk>/answers/<int:change>/", views.answer_history, name="answer-history"),
    path("i/<int:pk>/answers/<int:change>/correct/", views.answer_correct, name="answer-correct"),
    path("i/<int:pk>/plan/", views.idea_plan, name="idea-plan"),
    path("i/<int:pk>/plan/links/", views.link_add, name="link-add"),
    path("i/<int:pk>/plan/links/<int:link>/remove/", views.link_remove, name="link-remove"),
    path("i/<int:pk>/plan/notes/", views.note_add, name="note-add"),
    path("i/<int:pk>/plan/notes/<int:note>/", views.note_edit, name="note-edit"),
    path("i/<int:pk>/plan/notes/<int:note>/remove/", views.note_remove, name="note-remove"),
    path("i/<int:pk>/vote/", views.vote_cast, name="vote-cast"),
    path("i/<int:pk>/unvote/", views.vote_withdraw, name="vote-withdraw"),
    path("i/<int:pk>/apart/", views.vote_apart, name="vote-apart"),
    path("i/<int:pk>/rejoin/", views.vote_rejoin, name="vote-rejoin"),
    path("i/<int:pk>/explain/", views.vote_explain, name="vote-explain"),
    path("i/<int:pk>/seen/", views.edit_seen, name="edit-seen"),
    path("i/<int:pk>/follow/", views.idea_follow, name="idea-follow"),
    path("i/<int:pk>/unfollow/", views.idea_unfollow, name="idea-unfollow"),
    path("i/<int:pk>/voices/", views.idea_voices, name="idea-voices"),
    path("i/<int:pk>/questions/", views.idea_questions, name="idea-questions"),
    path("i/<int:pk>/questions/<int:question>/remove/", views.question_remove, name="question-remove"),
    path("i/<int:pk>/card.png", views.idea_card, name="idea-card"),
    path("i/<int:pk>/comment/", views.idea_comment, name="idea-comment"),
    path("i/<int:pk>/merge/", views.idea_merge, name="idea-merge"),
    path("i/<int:pk>/merge/<int:into>/", views.merge_preview, name="merge-preview"),
    path("i/<int:pk>/merges/", views.merge_history, name="merge-history"),
    path("i/<int:pk>/unmerge/", views.merge_undo, name="merge-undo"),
    path("i/<int:pk>/<str:slug>/", views.idea_detail, name="idea-detail"),
    path("i/for-question/<int:pk>/", views.ideas_for_question, name="for-question"),
    path("i/sentences/<int:pk>/hide/", views.sentence_hide, name="sentence-hide"),
    path("i/sentences/<int:pk>/show/", views.sentence_show, name="sentence-show"),
    path("i/comments/<int:pk>/", views.comment_detail, name="comment-detail"),
    path("i/comments/<int:pk>/edit/", views.comment_edit, name="comment-edit"),
    path("i/comments/<int:pk>/delete/", views.comment_delete, name="comment-delete"),
    path("i/comments/<int:pk>/history/", views.comment_history, name="comment-history"),
]
