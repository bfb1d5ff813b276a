"""Whatever is sent, every answer is one that the schema documents; none is a 500. See `scene.Caller`."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .scene import forget_counts
from .test_access import NEWEST, ROWS, named

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("PARLEY_FUZZ", "25"))
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PARLEY_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)

characters = st.characters(codec=None, exclude_categories=())
odd = st.sampled_from(["", "\0", "\ud800", "\udfff\ud800", "🙂" * 40, "x" * 3000, "\u202e", "%00", "../", "'--", "{}"])
texts = st.one_of(st.text(characters, max_size=30), odd)
numbers = st.one_of(st.integers(), st.sampled_from([-1, 0, 2**31, 2**63 - 1, 2**63, 2**64, 10**300]))
simple = st.one_of(
    st.none(), st.booleans(), numbers, st.floats(allow_nan=False, allow_infinity=False), texts, st.uuids().map(str)
)
values = st.recursive(
    simple, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)


def role_of(endpoint) -> str:
    return next(
        role for role in ("contact", "ana", "sue", "tess") if ROWS[endpoint][1][role][0] < 400 or role == "tess"
    )


def mutated(body: dict):
    """The valid body with some fields taken away, changed, or added."""
    changes = st.dictionaries(st.sampled_from([*body, "x"]), values | st.just(...), max_size=3)
    return st.builds(lambda change: {k: v for k, v in {**body, **change}.items() if v is not ...}, changes)


def nested(scene, endpoint) -> dict:
    body = ROWS[endpoint][0](scene)
    more = {"name": "Kim", "fields": {"topic": "Network"}} if "routing_point" in body else {}
    return {**body, **more}


@pytest.mark.parametrize("endpoint", sorted(e for e in ROWS if ROWS[e][0]), ids=named)
def test_bodies(scene, endpoint):
    method, route = endpoint
    body = nested(scene, endpoint)
    call, path = scene.as_(role_of(endpoint)), scene.path(route)

    @often
    @given(st.one_of(mutated(body), mutated(body), values))
    def send(sent):
        forget_counts()
        call(method, path, sent)

    send()


@pytest.mark.parametrize("endpoint", sorted(e for e in ROWS if ROWS[e][0]), ids=named)
def test_bytes(scene, endpoint):
    """What is no JSON, or hardly."""
    method, route = endpoint
    body = json.dumps(nested(scene, endpoint)).encode()
    call, path = scene.as_(role_of(endpoint)), scene.path(route)
    places = st.integers(0, max(0, len(body) - 1))
    cut = st.builds(lambda at, junk: body[:at] + junk + body[at + 1 :], places, st.binary(max_size=4))
    deep = st.sampled_from(
        [b"[" * 60_000, b'{"a":' * 10_000, b'{"text":"\\ud800"}', b"\xff\xfe", b"NaN", b"1e999", b"null"]
    )

    @often
    @given(st.one_of(cut, cut, deep, st.binary(max_size=40)))
    def send(raw):
        forget_counts()
        call(method, path, raw=raw)

    send()


@pytest.mark.parametrize("endpoint", sorted(e for e in ROWS if e[0] in ("GET", "DELETE")), ids=named)
def test_questions(scene, endpoint):
    method, route = endpoint
    call, path = scene.as_(role_of(endpoint)), scene.path(route)
    names = st.sampled_from(
        [
            "q",
            "types",
            "interaction",
            "verb",
            "lane",
            "after",
            "before",
            "limit",
            "version",
            "format",
            "from",
            "to",
            "timezone",
            "interval",
            "by",
            "queue",
            "threshold",
            "figure",
            "subject",
        ]
    )
    asked = values.map(lambda value: value if isinstance(value, str) else json.dumps(value))
    words = asked.filter(lambda text: text.isprintable() or "\0" in text).map(lambda text: text[:3000])

    @often
    @given(st.dictionaries(names | words, words | st.just(str(NEWEST)), max_size=4))
    def send(query):
        call(method, path, query=query)

    send()


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "invalid"),
        (b"{", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b"null", 400, "invalid"),
        (b'"text"', 400, "invalid"),
        (b'{"text": "\\ud800"}', 400, "invalid"),
        (b'{"text": "\xff"}', 400, "invalid"),
        (b"[" * 60_000, 400, "invalid"),
        (b" " * 70_000, 413, "too_big"),
    ],
)
def test_bad_json_is_refused_in_words(scene, raw, status, code):
    answer = scene.as_("ana")("POST", f"interactions/{scene.chat.id}/messages", raw=raw)
    assert (answer.status, answer.code) == (status, code)
    assert answer.data["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/xml"])
def test_other_content_types_are_refused(scene, kind):
    answer = scene.as_("ana")(
        "POST", f"interactions/{scene.chat.id}/messages", raw=b"text=hello", **{"Content-Type": kind}
    )
    assert (answer.status, answer.code) == (415, "unsupported_media_type")
