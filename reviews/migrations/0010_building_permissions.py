from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    amounts = {"view_amounts": "Can see what organisations are worth in product reviews"}
    grant(apps, "reviews", "review", amounts, [PRODUCT_MANAGERS, ADMINISTRATORS])
    interpreting = {"add_interpretation": "Can add interpretation"}
    grant(apps, "reviews", "interpretation", interpreting, [MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0009_building_and_evidence"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
