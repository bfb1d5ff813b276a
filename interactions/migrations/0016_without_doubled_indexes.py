"""Drop four indexes whose column is the first of a unique one: each line had to be entered in them for nothing.

Only the index goes: as a change of the field, SQLite would copy the table, and PostgreSQL check all its foreign keys.
"""

import django.db.models.deletion
from django.db import migrations, models

DOUBLED = (("lane", "interaction"), ("reader", "party"), ("message", "lane"), ("message", "party"))


def drop(apps, editor):
    for model, field in _doubled(apps):
        with editor.connection.cursor() as cursor:
            found = editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, about in found.items():
            if about["index"] and not about["unique"] and about["columns"] == [field.column]:
                editor.execute(f"DROP INDEX {editor.quote_name(name)}")


def make(apps, editor):
    for model, field in _doubled(apps):
        editor.execute(editor._create_index_sql(model, fields=[field]))


def _doubled(apps):
    for model, field in DOUBLED:
        found = apps.get_model("interactions", model)
        yield found, found._meta.get_field(field)


def unindexed(model, field, to, **about):
    key = models.ForeignKey(db_index=False, to=to, **about)
    return migrations.AlterField(model_name=model, name=field, field=key)


CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("interactions", "0015_index_what_is_due")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make)],
            state_operations=[
                unindexed("lane", "interaction", "interactions.interaction", on_delete=CASCADE, related_name="lanes"),
                unindexed("reader", "party", "interactions.party", on_delete=CASCADE, related_name="readers"),
                unindexed("message", "lane", "interactions.lane", on_delete=CASCADE, related_name="messages"),
                unindexed(
                    "message", "party", "interactions.party", null=True, on_delete=PROTECT, related_name="messages"
                ),
            ],
        ),
    ]
