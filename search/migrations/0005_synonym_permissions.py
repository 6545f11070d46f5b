from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, grant


def give(apps, schema_editor):
    permissions = {f"{act}_synonymgroup": f"Can {act} group of synonyms" for act in ("add", "change", "delete", "view")}
    grant(apps, "search", "synonymgroup", permissions, [MODERATORS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("search", "0004_synonyms"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
