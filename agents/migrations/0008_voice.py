from django.db import migrations, models


def give_everybody_voice(apps, schema_editor):
    """Whoever has a chat channel has a voice channel from now on, logged off."""
    channels, periods = (apps.get_model("agents", name) for name in ("ChannelStatus", "StatusPeriod"))
    for chat in channels.objects.filter(channel="chat").exclude(agent__channels__channel="voice"):
        kept = {"agent_id": chat.agent_id, "channel": "voice", "status": "logged_off", "since": chat.since}
        channels.objects.create(**kept)
        periods.objects.create(**kept)


class Migration(migrations.Migration):
    dependencies = [("agents", "0007_consultation_options")]

    operations = [
        migrations.AlterModelOptions(name="channelstatus", options={"ordering": ["channel"]}),
        migrations.AlterField(
            model_name="channelstatus",
            name="channel",
            field=models.CharField(choices=[("chat", "Chat"), ("voice", "Voice")], default="chat", max_length=10),
        ),
        migrations.AlterField(
            model_name="statusperiod",
            name="channel",
            field=models.CharField(choices=[("chat", "Chat"), ("voice", "Voice")], max_length=10),
        ),
        migrations.RunPython(give_everybody_voice, migrations.RunPython.noop, elidable=True),
    ]
