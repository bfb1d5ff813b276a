"""The machine: open files, room on the disk, collected files, and who may read the secret."""

import os
import re
import resource
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from core import static

from .findings import Asked, bad, doubtful, examine, good

FEW, ENOUGH, UNBOUNDED = 1_024, 16_384, 2**63
SERVED = b"config.asgi:application"
LIMIT = re.compile(r"^Max open files +(\w+) +(\w+)", re.M)
ROOM_BAD, ROOM_DOUBTFUL = 200, 2_000  # MB


@examine("Open files")
def files(asked: Asked):
    serving = list(serving_limits())
    return [of_files(*(min(serving) if serving else resource.getrlimit(resource.RLIMIT_NOFILE)), serving=bool(serving))]


def serving_limits(proc: Path = Path("/proc")) -> Iterator[tuple[int, int]]:
    """Of our processes on this machine that serve: a service has other limits than the shell that asks."""
    for process in proc.glob("[0-9]*"):
        try:
            if process.stat().st_uid == os.getuid() and SERVED in (process / "cmdline").read_bytes().split(b"\0"):
                yield tuple(map(_number, LIMIT.search((process / "limits").read_text()).groups()))
        except OSError:  # it has ended
            continue


def _number(limit: str) -> int:
    return UNBOUNDED if limit == "unlimited" else int(limit)


def of_files(soft: int, hard: int, *, serving: bool) -> tuple:
    """Each socket is a file."""
    if soft == resource.RLIM_INFINITY or soft >= ENOUGH:
        return good(
            "Any number of files." if soft in (resource.RLIM_INFINITY, UNBOUNDED) else f"{soft} files may be open."
        )
    where = "that serves here" if serving else "that is started from here"
    words = f"{soft} files may be open, so about {max(0, soft - 200)} sockets in a process {where}."
    most = min(hard, 65_536) if hard > 0 else 65_536
    remedy = f"Set LimitNOFILE=65536 in the service, or ulimit -n {most} before the start."
    return bad(words, remedy) if soft < FEW else doubtful(words, remedy)


@examine("Disk")
def disk(asked: Asked):
    return [of_room(shutil.disk_usage(settings.DATA_DIR).free // 2**20, str(settings.DATA_DIR))]


def of_room(free: int, where: str) -> tuple:
    """`free` in MB."""
    if free < ROOM_BAD:
        return bad(f"{free} MB are left in {where}; when it is full nothing can be acknowledged.", "Make room now.")
    if free < ROOM_DOUBTFUL:
        return doubtful(f"{free} MB are left in {where}.", "Make room, or move PARLEY_DATA.")
    return good(f"{free // 1024} GB are left in {where}.")


@examine("Static files")
def static_files(asked: Asked):
    return [of_static_files(settings.DEBUG or static.are_collected())]


def of_static_files(there: bool) -> tuple:
    if not there:
        return bad(
            "Scripts and styles of this version were not collected: pages come without them, or as they were before.",
            "Run: bin/start prepare, then restart the processes.",
        )
    return good("Scripts and styles are those of this version.")


@examine("Secret")
def secret(asked: Asked):
    return [of_secret_file(settings.DATA_DIR / "secret-key")]


def of_secret_file(path: Path) -> tuple:
    if not path.exists():
        return good("The secret key comes from the environment.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return bad(f"Others on this machine may read {path}, and could sign in as anybody.", f"Run: chmod 600 {path}")
    return good("Only its owner may read the secret key.")
