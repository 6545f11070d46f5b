from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("u/<slug:handle>/", views.member_detail, name="member-detail"),
    path("tags/<str:slug>/", views.tag_detail, name="tag-detail"),
]
