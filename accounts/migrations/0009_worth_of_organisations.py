from typing import Any

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def write_first_lines(apps: Any, schema_editor: Any) -> None:
    """What is known now is what was known before, as far as anybody can tell."""
    now = timezone.now()
    line = apps.get_model("accounts", "OrganisationLine")
    rows = apps.get_model("accounts", "Organisation").objects.order_by("pk")
    line.objects.bulk_create(
        [
            line(organisation=row, plan=row.plan, yearly_value=row.yearly_value, occurred_at=now, recorded_at=now)
            for row in rows.iterator()
        ],
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_background_permission"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="yearly_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="What it is worth in a year, in the one currency that all values here are in. Empty: not known.",
                max_digits=14,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="yearly value",
            ),
        ),
        migrations.CreateModel(
            name="OrganisationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan", models.CharField(blank=True, max_length=40)),
                ("yearly_value", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="lines",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="organisation_line_occurred_before_recorded",
                    )
                ],
            },
        ),
        migrations.RunPython(write_first_lines, migrations.RunPython.noop),
    ]
