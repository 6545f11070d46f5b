from django.urls import path

from search import suggesting, views

app_name = "search"
urlpatterns = [
    path("", views.search_page, name="search"),
    path("insight/", views.record_insight, name="insight"),
    path("suggestions/", views.suggest, name="suggestions"),
    path("related/", suggesting.related, name="related"),
    path("similar/", suggesting.similar, name="similar"),
]
