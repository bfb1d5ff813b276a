from django.db import migrations, models
from django.db.models import F


def seen_was_delivered(apps, schema_editor):
    apps.get_model("interactions", "Reader").objects.update(delivered=F("seen"))


class Migration(migrations.Migration):
    dependencies = [("interactions", "0004_dispositions")]

    operations = [
        migrations.AddField("reader", "delivered", models.PositiveBigIntegerField(default=0)),
        migrations.RunPython(seen_was_delivered, migrations.RunPython.noop),
    ]
