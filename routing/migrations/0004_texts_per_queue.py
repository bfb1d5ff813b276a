from django.db import migrations

KEYS = {"closed": "closed_text", "unstaffed": "unstaffed_text"}


def keep(apps, schema_editor):
    """What a routing point said in words of its own becomes the words of its queue."""
    points = apps.get_model("routing", "RoutingPoint")
    defaults = {key: points._meta.get_field(name).default for key, name in KEYS.items()}
    for point in points.objects.order_by("name"):
        own = {key: getattr(point, name) for key, name in KEYS.items()}
        own = {key: words for key, words in own.items() if words != defaults[key]}
        if own:
            rows = apps.get_model("routing", "ContactTexts").objects
            row, _ = rows.get_or_create(queue_id=point.queue_id, language="")
            row.texts = {**own, **row.texts}
            row.save()


class Migration(migrations.Migration):

    dependencies = [
        ("routing", "0003_arrival"),
    ]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="routingpoint", name="closed_text"),
        migrations.RemoveField(model_name="routingpoint", name="unstaffed_text"),
    ]
