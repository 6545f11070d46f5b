from django.db import migrations

from accounts.roles import ADMINISTRATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    managing = {"manage_destinations": "Can say which trackers and webhooks ideas of reviews are sent to"}
    grant(apps, "reviews", "destination", managing, [ADMINISTRATORS])
    sending = {"send_to_destination": "Can send ideas of reviews to trackers and webhooks"}
    grant(apps, "reviews", "destination", sending, [PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("reviews", "0011_destinations"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
