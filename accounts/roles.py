"""The five roles: Wagtail groups, named here, given their permissions by each app's migrations."""

from collections.abc import Iterable
from typing import Any

CUSTOMERS = "Customers"
ADVOCATES = "Advocates"
MODERATORS = "Moderators"
PRODUCT_MANAGERS = "Product managers"
ADMINISTRATORS = "Administrators"
ROLES = (CUSTOMERS, ADVOCATES, MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS)


def grant(apps: Any, app_label: str, model: str, permissions: dict[str, str], roles: Iterable[str]) -> None:
    """For migrations: give the roles these permissions of a model, {codename: name}, making what is not there yet.

    Django makes permissions only after all migrations have run.
    """
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    groups = apps.get_model("auth", "Group").objects.filter(name__in=list(roles))
    for codename, name in permissions.items():
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        for group in groups:
            group.permissions.add(permission)
