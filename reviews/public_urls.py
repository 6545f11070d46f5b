"""What of research everybody reads, at addresses outside the admin."""

from django.urls import path

from reviews import research_views

app_name = "research"
urlpatterns = [
    path("<int:pk>/", research_views.call, name="call"),
    path("for-board/<int:board>/", research_views.calls, name="calls"),
]
