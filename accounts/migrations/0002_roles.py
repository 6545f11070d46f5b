"""The five roles, in place of the two groups that Wagtail makes for a site of editors."""

from django.db import migrations

from accounts.roles import ADMINISTRATORS, ADVOCATES, CUSTOMERS, MODERATORS, PRODUCT_MANAGERS, grant

COLLECTION_PERMISSIONS = {
    "image": ["add_image", "change_image", "delete_image", "choose_image"],
    "document": ["add_document", "change_document", "delete_document", "choose_document"],
}
PAGE_PERMISSIONS = [
    "add_page",
    "change_page",
    "delete_page",
    "bulk_delete_page",
    "lock_page",
    "publish_page",
    "unlock_page",
]


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for group in Group.objects.filter(name__in=["Editors", "Moderators"]):
        if group.name == "Editors" and not group.user_set.exists():
            group.delete()
        else:
            group.permissions.clear()
            apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(group=group).delete()
            apps.get_model("wagtailcore", "GroupCollectionPermission").objects.filter(group=group).delete()
    for name in (CUSTOMERS, ADVOCATES, MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS):
        Group.objects.get_or_create(name=name)
    grant(
        apps,
        "wagtailadmin",
        "admin",
        {"access_admin": "Can access Wagtail admin"},
        [MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS],
    )
    people = {f"{verb}_member": f"Can {verb} member" for verb in ("add", "change", "delete")}
    organisations = {f"{verb}_organisation": f"Can {verb} organisation" for verb in ("add", "change", "delete", "view")}
    grant(apps, "accounts", "member", people, [ADMINISTRATORS])
    grant(apps, "accounts", "organisation", organisations, [ADMINISTRATORS])
    grant(
        apps,
        "auth",
        "group",
        {f"{verb}_group": f"Can {verb} group" for verb in ("add", "change", "delete")},
        [ADMINISTRATORS],
    )
    grant(
        apps,
        "wagtailcore",
        "site",
        {f"{verb}_site": f"Can {verb} site" for verb in ("add", "change", "delete")},
        [ADMINISTRATORS],
    )
    give_pages_and_files(apps, Group.objects.get(name=ADMINISTRATORS), Permission.objects)


def give_pages_and_files(apps, group, permissions):
    """Everything below the root of the page tree, and every picture and document."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    page_type, _ = ContentType.objects.get_or_create(app_label="wagtailcore", model="page")
    root = apps.get_model("wagtailcore", "Page").objects.filter(depth=1).first()
    for codename in PAGE_PERMISSIONS:
        permission, _ = permissions.get_or_create(
            content_type=page_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
        )
        apps.get_model("wagtailcore", "GroupPagePermission").objects.get_or_create(
            group=group, page=root, permission=permission
        )
    collection = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).first()
    for model, codenames in COLLECTION_PERMISSIONS.items():
        content_type, _ = ContentType.objects.get_or_create(
            app_label=f"wagtail{model}s" if model == "image" else "wagtaildocs", model=model
        )
        for codename in codenames:
            permission, _ = permissions.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
            )
            apps.get_model("wagtailcore", "GroupCollectionPermission").objects.get_or_create(
                group=group, collection=collection, permission=permission
            )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
