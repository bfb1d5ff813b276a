"""Static files under hashed names, `import` statements of our own modules included."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

ALWAYS = [(b"x-content-type-options", b"nosniff")]
OURS = ("desk/", "contact/", "common/", "vendor/")
UNUSED = ["rest_framework"]
COLLECTED = "collected-from"  # written beside the files when all of them are there, compressed ones too


def are_collected() -> bool:
    """As this version has them."""
    return _note().exists() and _note().read_text() == _sources()


def _note() -> Path:
    return Path(settings.STATIC_ROOT) / COLLECTED


def _sources() -> str:
    """All that the collected files depend on."""
    sources = [Path(__file__)]
    for finder in get_finders():
        sources += [Path(storage.path(name)) for name, storage in finder.list(UNUSED)]
    known = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in sorted(sources)]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


class Storage(CompressedManifestStaticFilesStorage):
    """Rewrites imports in our folders only: other packages' bundles hold text that merely looks like one."""

    support_js_module_import_aggregation = True
    manifest_strict = False
    max_post_process_passes = 30  # a chain of imports may be so deep; each pass settles one more link

    def url_converter(self, name, hashed_files, template=None):
        convert = super().url_converter(name, hashed_files, template)
        if name.endswith(".js") and not name.startswith(OURS):
            return lambda match: match.group(0)
        return convert

    def post_process(self, paths, dry_run=False, **options):
        yield from super().post_process(paths, dry_run=dry_run, **options)
        if not dry_run:
            _note().write_text(_sources())


class StaticFiles:
    """An ASGI application that answers for static files itself. A workspace needs more than a hundred of them at first:
    through all of Django each would cost seven times as much. In this shape `runserver` and uvicorn serve alike.

    While processes are restarted one by one, pages of the new version ask those of the old one for new names: so when
    files were collected anew, every process looks again at what there is.
    """

    def __init__(self, app):
        self.app, self.noise = app, WhiteNoiseMiddleware(lambda request: None)
        self.collected = self._collected()

    async def __call__(self, scope, receive, send):
        static_file = self._find(scope["path"]) if scope["type"] == "http" else None
        answer = static_file and _answer(static_file, scope)
        if not answer:
            return await self.app(scope, receive, send)
        status, headers, body = answer
        await send({"type": "http.response.start", "status": status, "headers": headers + ALWAYS})
        await send({"type": "http.response.body", "body": body})

    def _find(self, path: str):
        if self.noise.autorefresh:
            return self.noise.find_file(path)
        if path.startswith(self.noise.static_prefix):
            self._look_again()
        return self.noise.files.get(path)

    def _look_again(self) -> None:
        if (collected := self._collected()) != self.collected:
            self.noise.add_files(self.noise.static_root, prefix=self.noise.static_prefix)
            self.collected = collected

    def _collected(self) -> int:
        """When that was done last."""
        try:
            return (Path(self.noise.static_root) / COLLECTED).stat().st_mtime_ns
        except OSError:
            return 0


def _answer(static_file, scope) -> tuple[int, list, bytes] | None:
    """None for a file that is no longer there. One that was replaced may have another length than was known."""
    try:
        answer = static_file.get_response(scope["method"], _environ(scope["headers"]))
    except FileNotFoundError:
        return None
    body, headers = _read(answer.file), dict(answer.headers)
    if answer.file is not None:
        headers["Content-Length"] = str(len(body))
    return int(answer.status), [(name.lower().encode(), value.encode()) for name, value in headers.items()], body


def _environ(headers) -> dict[str, str]:
    """What WhiteNoise asks for: encodings, ranges, and what the browser has."""
    pairs = ((name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1")) for name, value in headers)
    return {f"HTTP_{name}": value for name, value in pairs}


def _read(file) -> bytes:
    """They are small, and in the system's cache."""
    if file is None:
        return b""
    with file:
        return file.read()
