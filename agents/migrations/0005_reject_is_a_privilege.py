from django.db import migrations

ROLE = "No rejecting"
ALLOWED = [
    "use_chat",
    "end",
    *(f"{verb}.{kind}" for verb in ("conference", "consult", "transfer") for kind in ("agent", "group", "skill", "queue", "routing_point")),
    "consult_chat",
    "consult_voice",
    "consult_im",
    "call",
    "instant_message",
    "mail",
    "read_history",
]


def keep_forbidden(apps, schema_editor):
    """Where nobody might reject an invitation, the site's role says so from now on."""
    for site in apps.get_model("agents", "Site").objects.filter(reject_allowed=False):
        site.role = apps.get_model("agents", "Role").objects.create(name=ROLE, allowed=ALLOWED)
        site.save(update_fields=["role"])


class Migration(migrations.Migration):
    dependencies = [("agents", "0004_status_menu")]

    operations = [migrations.RunPython(keep_forbidden, migrations.RunPython.noop)]
