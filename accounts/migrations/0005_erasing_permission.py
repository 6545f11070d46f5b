from django.db import migrations

from accounts.roles import ADMINISTRATORS, grant


def give(apps, schema_editor):
    grant(apps, "accounts", "member", {"erase_member": "Can erase members"}, [ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_erased_members")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
