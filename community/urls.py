from django.urls import path

from community.views import answers, comments, markdown, merging, questions

app_name = "community"
urlpatterns = [
    path("markdown/preview/", markdown.markdown_preview, name="markdown-preview"),
    path("q/comments/<int:pk>/", comments.comment_detail, name="comment-detail"),
    path("q/comments/<int:pk>/edit/", comments.comment_edit, name="comment-edit"),
    path("q/comments/<int:pk>/delete/", comments.comment_delete, name="comment-delete"),
    path("q/comments/<int:pk>/history/", comments.comment_history, name="comment-history"),
    path("q/merges/<int:pk>/undo/", merging.merge_undo, name="merge-undo"),
    path("q/<int:pk>/", questions.question_detail, name="question-detail"),
    path("q/<int:pk>/answer/", answers.answer_create, name="answer-create"),
    path("q/<int:pk>/comments/", comments.question_comment, name="question-comment"),
    path("q/<int:pk>/delete/", questions.question_delete, name="question-delete"),
    path("q/<int:pk>/edit/", questions.question_edit, name="question-edit"),
    path("q/<int:pk>/history/", questions.question_history, name="question-history"),
    path("q/<int:pk>/merge/", merging.question_merge, name="question-merge"),
    path("q/<int:pk>/<str:slug>/", questions.question_detail, name="question-detail"),
    path("a/<int:pk>/", answers.answer_detail, name="answer-detail"),
    path("a/<int:pk>/accept/", answers.answer_accept, name="answer-accept"),
    path("a/<int:pk>/comments/", comments.answer_comment, name="answer-comment"),
    path("a/<int:pk>/delete/", answers.answer_delete, name="answer-delete"),
    path("a/<int:pk>/edit/", answers.answer_edit, name="answer-edit"),
    path("a/<int:pk>/history/", answers.answer_history, name="answer-history"),
    path("a/<int:pk>/unaccept/", answers.answer_unaccept, name="answer-unaccept"),
]
