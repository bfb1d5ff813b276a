"""Let PostgreSQL change a lane where it is: no index holds what each line changes, and pages keep room beside the rows.

Only the index goes: as a change of the field, SQLite would copy the table.
"""

from django.db import migrations, models

ROOM = 50  # of a hundred: each lane of a page may be changed once before the older rows are cleared away


def drop(apps, editor):
    lane = apps.get_model("interactions", "lane")
    with editor.connection.cursor() as cursor:
        found = editor.connection.introspection.get_constraints(cursor, lane._meta.db_table)
    for name, about in found.items():
        if about["index"] and about["columns"] == ["quiet_since"]:
            editor.execute(f"DROP INDEX {editor.quote_name(name)}")


def make(apps, editor):
    lane = apps.get_model("interactions", "lane")
    editor.execute(editor._create_index_sql(lane, fields=[lane._meta.get_field("quiet_since")]))


def keep_room(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE interactions_lane SET (fillfactor = {ROOM})")


def fill_up(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE interactions_lane RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("interactions", "0016_without_doubled_indexes")]

    operations = [
        migrations.AddIndex("interaction", models.Index(fields=["state"], name="interaction_state")),
        migrations.RunPython(keep_room, fill_up),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make)],
            state_operations=[migrations.AlterField("lane", "quiet_since", models.DateTimeField(null=True))],
        ),
    ]
