"""Addresses. Those listed in docs/reference/addresses.md are promises."""

from pathlib import Path

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.urls import serve_pattern

from accounts import views as accounts_views
from accounts.admin_users import MemberAccountView
from core import views as core_views
from pages import views as pages_views

to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("language/", accounts_views.set_language, name="set_language"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", to_sign_in),
    path("admin/account/", require_admin_access(MemberAccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Pictures in their sizes; originals and documents are not public.
    path("media/images/<path:path>", serve, {"document_root": Path(settings.MEDIA_ROOT) / "images"}),
    path("moderation/", include("moderation.urls")),
    path("calls/", include("reviews.public_urls")),
    path("search/", include("search.urls")),
    path("", include("community.urls")),
    path("", include("ideas.urls")),
    path("", include("pages.urls")),
    # Wagtail's own sign-in is not offered: it would pass by verification, rate limits and the second factor.
    path("accounts/login/", to_sign_in, name="wagtailcore_login"),
    re_path(serve_pattern, pages_views.serve, name="wagtail_serve"),
]
