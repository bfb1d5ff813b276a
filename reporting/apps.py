"""The app."""

from django.apps import AppConfig


class Reporting(AppConfig):
    name = "reporting"

    def ready(self):
        """The engine's process keeps the figures up to date; the wallboard's socket is described with the others."""
        from interactions import asyncapi, beside

        from . import counting, frames, scopes  # noqa: F401 -- declares them

        beside.add("counting", counting.catch_up, counting.due)
        about = "A wallboard. Session cookie of who may see figures, and exact Origin."
        asyncapi.describe("board", "/ws/board/", about, frames.BoardFrame, frames.ToBoard)
