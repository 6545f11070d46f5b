from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.roles import ADMINISTRATORS, MODERATORS, PRODUCT_MANAGERS, grant

COLOURS = {"open": "grey", "planned": "blue", "started": "amber", "shipped": "green", "declined": "red"}


def give(apps, schema_editor):
    plan = {"plan_idea": "Can plan ideas, and read what voters told the team"}
    grant(apps, "ideas", "idea", plan, [MODERATORS, PRODUCT_MANAGERS, ADMINISTRATORS])
    on_behalf = {"vote_on_behalf": "Can add votes for customers who called or wrote"}
    grant(apps, "ideas", "idea", on_behalf, [MODERATORS, ADMINISTRATORS])


def fill(apps, schema_editor):
    ideas = apps.get_model("ideas", "Idea").objects
    for kind, colour in COLOURS.items():
        apps.get_model("ideas", "Status").objects.filter(kind=kind).update(colour=colour)
    apps.get_model("ideas", "IdeaMerge").objects.update(recorded_at=F("merged_at"))
    runs = apps.get_model("core", "ImportRun").objects
    came = runs.filter(pk=OuterRef("import_run")).values("started_at")
    ideas.update(recorded_at=Coalesce(Subquery(came), F("created_at")), discussion_count=F("comment_count"))
    ideas.filter(canonical__isnull=False).update(discussion_count=0)
    merged = ideas.filter(canonical__isnull=False, visibility="visible", board=F("canonical__board"))
    for pk, count in merged.values_list("canonical", "comment_count").iterator():
        ideas.filter(pk=pk).update(discussion_count=F("discussion_count") + count)


class Migration(migrations.Migration):
    dependencies = [("ideas", "0004_whole_votes"), ("accounts", "0003_unclaimed_customers")]

    operations = [
        migrations.RunPython(give, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
