"""Addresses. Those listed in docs/reference/addresses.md are promises."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from core import views as core_views

urlpatterns = [
    path("healthz", core_views.healthz),
    path("readyz", core_views.readyz),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("moderation/", include("moderation.urls")),
    path("search/", include("search.urls")),
    path("", include("community.urls")),
    path("", include("ideas.urls")),
    path("", include("pages.urls")),
    path("", include(wagtail_urls)),
]
