"""A process beside a running site that looks at and changes its rows: a line of JSON in is Python, a line out its `result`."""

import json
import os
import sys
import traceback

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    django.setup()
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        names: dict = {"result": None}
        error = ""
        try:
            exec(json.loads(line), names)
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"result": names["result"], "error": error}, default=str), file=answers, flush=True)


main()
