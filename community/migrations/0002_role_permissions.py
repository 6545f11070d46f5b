from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, grant


def give(apps, schema_editor):
    permissions = {"moderate_question": "Can moderate questions, answers and comments"}
    grant(apps, "community", "question", permissions, [MODERATORS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
