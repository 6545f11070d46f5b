from django.db import migrations

from accounts.roles import ADMINISTRATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    permissions = {
        "add_review": "Can add product review",
        "change_review": "Can change product review",
        "view_review": "Can view product review",
        "publish_review": "Can publish product reviews",
    }
    grant(apps, "reviews", "review", permissions, [PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
