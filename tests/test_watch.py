"""What a contact was told is looked through word by word: random ids and tokens say nothing, anything else does."""

import uuid

import msgspec
import pytest

from interactions.frames import CallFrame, SignalFrame
from tests.browser.test_calls import SIGNS
from tests.browser.watch import words

UNLUCKY = '{"token": "FuiNhkpQcallX2BOUJ88-voice_sdpq6zB0Wd3YxsL5", "id": "0bo0dead-ca11-4bed-8ace-100404100404"}'


@pytest.mark.parametrize("schema", [CallFrame, SignalFrame], ids=lambda one: one.__name__)
def test_a_frame_of_a_call_has_signs_of_it(schema):
    about = msgspec.json.schema(schema)["$defs"][schema.__name__]["properties"]
    frame = {name: uuid.uuid4() for name in about} | {"type": schema.__struct_config__.tag}
    assert SIGNS & words(msgspec.json.encode(frame).decode())


def test_so_has_a_name_among_texts():
    received = '{"type": "interaction", "agents": [{"nickname": "Ana"}]}\n\n{"results": {"text": "Bo: Hello"}}'
    assert words(received) & SIGNS == {"bo"}


def test_ids_and_tokens_have_none():
    assert words(UNLUCKY) == {"token", "id"}
