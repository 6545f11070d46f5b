from django.db import migrations

from accounts.roles import ADMINISTRATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    permissions = {"decide_review": "Can decide on the ideas of product reviews"}
    grant(apps, "reviews", "decision", permissions, [PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_decisions"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
