"""Static files under hashed names, `import` statements of our own modules included."""

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

ALWAYS = [(b"x-content-type-options", b"nosniff")]
OURS = ("desk/", "contact/", "common/", "vendor/")


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


class StaticFiles:
    """An ASGI application that answers for static files itself. A workspace needs more than a hundred of them at first:
    through all of Django each would cost seven times as much. In this shape `runserver` and uvicorn serve alike.
    """

    def __init__(self, app):
        self.app, self.noise = app, WhiteNoiseMiddleware(lambda request: None)

    async def __call__(self, scope, receive, send):
        static_file = self._find(scope["path"]) if scope["type"] == "http" else None
        if static_file is None:
            return await self.app(scope, receive, send)
        answer = static_file.get_response(scope["method"], _environ(scope["headers"]))
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers + ALWAYS})
        await send({"type": "http.response.body", "body": _read(answer.file)})

    def _find(self, path: str):
        return self.noise.find_file(path) if self.noise.autorefresh else self.noise.files.get(path)


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
