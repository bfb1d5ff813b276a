"""While one engine sends to a webhook no other does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="claimed_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
