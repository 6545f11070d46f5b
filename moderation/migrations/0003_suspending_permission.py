from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, grant


def give(apps, schema_editor):
    names = {"suspend_member": "Can suspend members and lift suspensions"}
    grant(apps, "moderation", "suspension", names, [MODERATORS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_suspensions"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
