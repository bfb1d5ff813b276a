"""Static files under hashed names, `import` statements of our own modules included."""

from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

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


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise for ASGI: whole small files instead of synchronous streams, which ASGI servers must unroll."""

    @staticmethod
    def serve(static_file, request) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        body = b""
        if answer.file is not None:
            with answer.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(answer.status))
        del response["Content-Type"]
        for key, value in answer.headers:
            response[key] = value
        return response
