"""Favourites point at rows instead of naming them, so that they go with what they point at."""

import django.db.models.deletion
from django.db import migrations, models

FIELDS = {"agent": "person", "group": "group", "skill": "skill", "queue": "queue", "routing_point": "routing_point"}


def point(apps, schema_editor):
    """What points nowhere goes."""
    favourites = apps.get_model("interactions", "Favourite").objects.all()
    for type, name in FIELDS.items():
        model = favourites.model._meta.get_field(name).related_model
        there = set(model.objects.values_list("pk", flat=True))
        for row in favourites.filter(type=type):
            if row.target in there:
                favourites.filter(pk=row.pk).update(**{f"{name}_id": row.target})
            else:
                row.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0001_initial'),
        ('interactions', '0001_initial'),
        ('routing', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='favourite',
            name='favourite_once',
        ),
        migrations.RemoveConstraint(
            model_name='favourite',
            name='corporate_favourite_once',
        ),
        migrations.AddField(
            model_name='favourite',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agentgroup'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agent'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='queue',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='routing.queue'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='routing_point',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='routing.routingpoint'),
        ),
        migrations.AddField(
            model_name='favourite',
            name='skill',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.skill'),
        ),
        migrations.RunPython(point),
        migrations.RemoveField(
            model_name='favourite',
            name='target',
        ),
        migrations.RemoveField(
            model_name='favourite',
            name='type',
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('group__isnull', True), ('person__isnull', False), ('queue__isnull', True), ('routing_point__isnull', True), ('skill__isnull', True)), models.Q(('group__isnull', False), ('person__isnull', True), ('queue__isnull', True), ('routing_point__isnull', True), ('skill__isnull', True)), models.Q(('group__isnull', True), ('person__isnull', True), ('queue__isnull', True), ('routing_point__isnull', True), ('skill__isnull', False)), models.Q(('group__isnull', True), ('person__isnull', True), ('queue__isnull', False), ('routing_point__isnull', True), ('skill__isnull', True)), models.Q(('group__isnull', True), ('person__isnull', True), ('queue__isnull', True), ('routing_point__isnull', False), ('skill__isnull', True)), _connector='OR'), name='favourite_has_one_target'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('agent', 'person'), name='favourite_person_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('agent', 'group'), name='favourite_group_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('agent', 'skill'), name='favourite_skill_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('agent', 'queue'), name='favourite_queue_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(fields=('agent', 'routing_point'), name='favourite_routing_point_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(condition=models.Q(('agent', None)), fields=('person',), name='corporate_favourite_person_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(condition=models.Q(('agent', None)), fields=('group',), name='corporate_favourite_group_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(condition=models.Q(('agent', None)), fields=('skill',), name='corporate_favourite_skill_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(condition=models.Q(('agent', None)), fields=('queue',), name='corporate_favourite_queue_once'),
        ),
        migrations.AddConstraint(
            model_name='favourite',
            constraint=models.UniqueConstraint(condition=models.Q(('agent', None)), fields=('routing_point',), name='corporate_favourite_routing_point_once'),
        ),
    ]
