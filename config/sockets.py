"""Where sockets are opened; `urls.py` has the pages and calls."""

from interactions import sockets
from reporting import sockets as of_boards

urlpatterns = [*of_boards.urlpatterns, *sockets.urlpatterns]  # the last one refuses what is none
