from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("", views.search_page, name="search"),
    path("suggestions/", views.suggest, name="suggestions"),
    path("related/", views.related_questions, name="related"),
]
