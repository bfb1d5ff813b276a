"""Calls as facts, and the time in them of each segment. What was counted before knew of none: it is counted anew."""

from django.db import migrations, models

COUNTED = ("InteractionFact", "WaitFact", "SegmentFact", "RequestFact", "OutcomeFact")
SUMMED = ("InteractionSum", "WaitSum", "SegmentSum", "RequestSum", "OutcomeSum", "StatusSum")


def count_anew(apps, schema_editor):
    """Only where there was a call; the engine begins with it, and reports say how far it is."""
    if apps.get_model("core", "Event").objects.filter(name="call.connected").exists():
        for name in (*COUNTED, *SUMMED, "OpenStatus"):
            apps.get_model("reporting", name).objects.all().delete()
        apps.get_model("reporting", "Progress").objects.update(position=0)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("core", "0004_changes")]

    operations = [
        migrations.CreateModel(
            name="CallFact",
            fields=[
                ("at", models.DateTimeField()),
                ("quarter", models.PositiveIntegerField()),
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("interaction", models.UUIDField(db_index=True)),
                ("caller", models.UUIDField()),
                ("callee", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ["at", "id"]},
        ),
        migrations.AddField(
            model_name="segmentfact", name="call", field=models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="segmentsum",
            name="call",
            field=models.PositiveBigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
