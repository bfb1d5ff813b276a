"""A chat as the Channels tutorial has it: Daphne, the Redis layer, one `acreate` for each line.

`daphne bench.peers.tutorial:application` with DATABASE_URL or a file in PEER_SQLITE, and REDIS_URL. What is kinder than
in the tutorial: WAL, a connection that stays open, and no read time-out on the layer's connections.
"""

import json
import os

import environ
from django.conf import settings

env = environ.Env()
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("PEER_SQLITE"),
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    },
}
REDIS = {"address": env.str("REDIS_URL"), "socket_timeout": None, "max_connections": 10000}
settings.configure(
    SECRET_KEY="bench",  # noqa: S106
    DATABASES={"default": {**(env.db("DATABASE_URL", default="") or SQLITE), "CONN_MAX_AGE": None}},
    CHANNEL_LAYERS={"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS]}}},
    INSTALLED_APPS=["channels"],
    USE_TZ=True,
)

import django  # noqa: E402

django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Line(models.Model):  # noqa: DJ008
    chat = models.CharField(max_length=36)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"
        db_table = "line"


class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        self.chat = self.scope["url_route"]["kwargs"]["chat"]
        await self.channel_layer.group_add(self.chat, self.channel_name)
        await self.accept()
        await self.send(json.dumps({"type": "welcome"}))

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.chat, self.channel_name)

    async def receive(self, text_data):
        given = json.loads(text_data)
        await Line.objects.acreate(chat=self.chat, text=given["text"])
        await self.channel_layer.group_send(self.chat, {"type": "line", "id": given["id"], "text": given["text"]})
        await self.send(json.dumps({"type": "ack", "id": given["id"]}))

    async def line(self, event):
        await self.send(json.dumps({"type": "message", "id": event["id"], "text": event["text"]}))


with connection.schema_editor() as editor:
    editor.create_model(Line)
connection.close()
application = ProtocolTypeRouter({"websocket": URLRouter([path("<chat>", Chat.as_asgi())])})
