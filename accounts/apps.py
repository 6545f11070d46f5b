from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import log, signals  # noqa: F401


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's screens for users, with our fields."""

    user_viewset = "accounts.admin_users.MemberViewSet"
