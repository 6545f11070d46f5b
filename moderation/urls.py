from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("members/<int:pk>/suspend/", views.suspend, name="suspend"),
    path("suspensions/<int:pk>/lift/", views.lift, name="lift"),
    path("<slug:kind>/<int:pk>/hide/", views.hide, name="hide"),
    path("<slug:kind>/<int:pk>/restore/", views.restore, name="restore"),
]
