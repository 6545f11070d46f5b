from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    asking = {"request_research": "Can ask support to collect on a topic"}
    grant(apps, "reviews", "researchrequest", asking, [PRODUCT_MANAGERS, ADMINISTRATORS])
    collecting = {"collect_research": "Can collect for research requests and answer them"}
    grant(apps, "reviews", "researchrequest", collecting, [MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_research"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
