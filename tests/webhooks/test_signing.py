"""Signatures, held against the example of the standard."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from webhooks import signing

# The example that the standard's own libraries are tested with.
KEY, ID = "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf"
AT, BODY = datetime.fromtimestamp(1731705121, UTC), b'{"event_type":"ping","data":{"success":true}}'
SIGNATURE = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


def test_the_example_of_the_standard():
    made = signing.headers(ID, BODY, [KEY], AT)
    assert made == {"webhook-id": ID, "webhook-timestamp": "1731705121", "webhook-signature": SIGNATURE}


def test_id_time_and_body_are_all_signed():
    """The control: any other of the three has another signature."""
    others = [("msg_other", BODY, AT), (ID, BODY + b" ", AT), (ID, BODY, datetime.fromtimestamp(1731705122, UTC))]
    found = {signing.headers(id, body, [KEY], at)["webhook-signature"] for id, body, at in others}
    assert len(found) == 3 and SIGNATURE not in found


def test_two_keys_make_two_signatures_that_each_receiver_can_check():
    new = signing.fresh_secret()
    both = signing.headers(ID, BODY, [new, KEY], AT)["webhook-signature"].split(" ")
    assert len(both) == 2 and both[1] == SIGNATURE
    key = base64.b64decode(new.removeprefix("whsec_"))
    expected = hmac.new(key, f"{ID}.1731705121.".encode() + BODY, hashlib.sha256).digest()
    assert len(key) == 32 and both[0] == "v1," + base64.b64encode(expected).decode()


def test_secrets_differ():
    assert len({signing.fresh_secret() for _ in range(50)}) == 50
