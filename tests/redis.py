"""A Redis of a test's own, to be killed, paused and started again."""

import subprocess
import time
from pathlib import Path


class Redis:
    def __init__(self, folder: Path):
        self.folder = folder
        self.url = f"unix://{folder}/redis.sock"
        self.start()

    def start(self) -> None:
        socket = self.folder / "redis.sock"
        socket.unlink(missing_ok=True)
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        while not socket.exists():
            time.sleep(0.01)

    def flush(self) -> None:
        command = ["redis-cli", "-s", f"{self.folder}/redis.sock", "flushall"]
        subprocess.run(command, check=True, capture_output=True)

    def kill(self) -> None:
        self.server.kill()
        self.server.wait()
