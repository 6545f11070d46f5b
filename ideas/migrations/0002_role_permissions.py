from django.db import migrations

from accounts.roles import ADMINISTRATORS, MODERATORS, PRODUCT_MANAGERS, grant


def give(apps, schema_editor):
    moderation = {
        "moderate_idea": "Can moderate ideas and their comments",
        "merge_idea": "Can merge ideas and undo merges",
    }
    grant(apps, "ideas", "idea", moderation, [MODERATORS, ADMINISTRATORS])
    status = {"change_idea_status": "Can change the status of ideas"}
    grant(apps, "ideas", "idea", status, [MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS])


class Migration(migrations.Migration):
    dependencies = [("ideas", "0001_initial"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
