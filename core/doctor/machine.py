"""The machine: open files, room on the disk, and who may read the secret."""

import resource
import shutil
import stat
from pathlib import Path

from django.conf import settings

from .findings import Asked, bad, doubtful, examine, good

FEW, ENOUGH = 1_024, 16_384
ROOM_BAD, ROOM_DOUBTFUL = 200, 2_000  # MB


@examine("Open files")
def files(asked: Asked):
    return [of_files(*resource.getrlimit(resource.RLIMIT_NOFILE))]


def of_files(soft: int, hard: int) -> tuple:
    """Each socket is a file. The limit seen here is that of this shell; services have their own (LimitNOFILE)."""
    if soft == resource.RLIM_INFINITY or soft >= ENOUGH:
        return good("Any number of files." if soft == resource.RLIM_INFINITY else f"{soft} files may be open.")
    words = f"{soft} files may be open, so about {max(0, soft - 200)} sockets in a process that is started from here."
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


@examine("Secret")
def secret(asked: Asked):
    return [of_secret_file(settings.DATA_DIR / "secret-key")]


def of_secret_file(path: Path) -> tuple:
    if not path.exists():
        return good("The secret key comes from the environment.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return bad(f"Others on this machine may read {path}, and could sign in as anybody.", f"Run: chmod 600 {path}")
    return good("Only its owner may read the secret key.")
