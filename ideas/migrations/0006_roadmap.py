from django.db import migrations, models

import ideas.origins


class Migration(migrations.Migration):
    dependencies = [("ideas", "0005_fill_whole_votes")]

    operations = [
        migrations.AddField(
            model_name="idea",
            name="roadmap_position",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="ideaboardpage",
            name="embed_origins",
            field=models.TextField(
                blank=True,
                help_text="One a line, each with https:// and without a path, such as https://www.example.com. Empty: none. What they show is what visitors see who are not signed in, so a board that is not public can't be embedded.",
                validators=[ideas.origins.validate_origins],
                verbose_name="sites that may embed the roadmap",
            ),
        ),
        migrations.AddField(
            model_name="ideaboardpage",
            name="has_roadmap",
            field=models.BooleanField(
                default=True,
                help_text="A page with what is planned, what is being worked on and what was shipped last.",
                verbose_name="has a roadmap",
            ),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=models.Index(
                condition=models.Q(("canonical__isnull", True), ("visibility", "visible")),
                fields=["board", "status", "-top_score", "-id"],
                name="idea_status_top",
            ),
        ),
        migrations.AddIndex(
            model_name="idea",
            index=models.Index(
                condition=models.Q(("roadmap_position__isnull", False)),
                fields=["status", "roadmap_position"],
                name="idea_roadmap",
            ),
        ),
        migrations.AddIndex(
            model_name="statuschange",
            index=models.Index(fields=["new_status", "-occurred_at", "-id"], name="status_change_newest"),
        ),
    ]
