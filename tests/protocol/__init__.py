"""The sockets as other programs see them: the same tests in process and against real servers."""
