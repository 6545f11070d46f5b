"""Administrators see the report of background work, whose models are in `core`."""

from django.db import migrations

from accounts.roles import ADMINISTRATORS, grant


def give(apps, schema_editor):
    grant(apps, "core", "scheduledtask", {"view_scheduledtask": "Can view scheduled task"}, [ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_unclaimed_contacts"), ("core", "0002_schedule")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
