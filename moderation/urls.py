from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("<slug:kind>/<int:pk>/hide/", views.hide, name="hide"),
    path("<slug:kind>/<int:pk>/restore/", views.restore, name="restore"),
]
