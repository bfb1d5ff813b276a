"""A day of chats against queues and people that do not exist, decided by the engine that routes. Pure: its own clock.

Chats come while `hours.is_open`, wait, ring, are accepted, rejected or missed, are handled, wrapped up, or given up by
contacts whose patience ends. Who is asked is what `engine.pick` says, with the plan that `widening.plan` gives.
"""

from .figures import Figures, figures
from .parts import Chat, Habits, Line, Waited, Worker
from .run import Simulation

__all__ = ["Chat", "Figures", "Habits", "Line", "Simulation", "Waited", "Worker", "figures"]
