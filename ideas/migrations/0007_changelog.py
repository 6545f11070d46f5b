import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("ideas", "0006_roadmap"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangelogEntryPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("date", models.DateField(default=django.utils.timezone.localdate, verbose_name="date")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[("new", "New"), ("improved", "Improved"), ("fixed", "Fixed")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("body", wagtail.fields.RichTextField(verbose_name="text")),
            ],
            options={
                "verbose_name": "changelog entry",
                "verbose_name_plural": "changelog entries",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="ChangelogPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                ("intro", wagtail.fields.RichTextField(blank=True, verbose_name="introduction")),
            ],
            options={
                "verbose_name": "changelog",
                "verbose_name_plural": "changelogs",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shipped_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ShippedIdea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                (
                    "marks_shipped",
                    models.BooleanField(
                        default=True,
                        help_text="When the entry is published, the idea gets its board's status for what is shipped.",
                        verbose_name="mark as shipped",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipped idea",
                "verbose_name_plural": "shipped ideas",
                "ordering": ["sort_order"],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="changelogentrypage",
            index=models.Index(fields=["-date", "-page_ptr"], name="changelog_newest"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ideas.changelogentrypage"
            ),
        ),
        migrations.AddField(
            model_name="shipment",
            name="idea",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ideas.idea"),
        ),
        migrations.AddField(
            model_name="shippedidea",
            name="entry",
            field=modelcluster.fields.ParentalKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="shipped_ideas", to="ideas.changelogentrypage"
            ),
        ),
        migrations.AddField(
            model_name="shippedidea",
            name="idea",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ideas.idea", verbose_name="idea"
            ),
        ),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.UniqueConstraint(fields=("entry", "idea"), name="idea_shipped_once"),
        ),
        migrations.AddConstraint(
            model_name="shippedidea",
            constraint=models.UniqueConstraint(fields=("entry", "idea"), name="idea_named_once"),
        ),
    ]
