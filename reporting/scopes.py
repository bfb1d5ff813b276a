"""Scopes of tokens for what happened."""

from core.scopes import declare

REPORTS_READ = declare("reports:read", "read reports and what is behind their figures")
EVENTS_READ = declare("events:read", "read the feed of events")
WALLBOARD_READ = declare("wallboard:read", "read the wallboard")
