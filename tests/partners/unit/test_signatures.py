"""What is signed is what was meant: the id, the time and the body, each with its end."""

from datetime import UTC, datetime

import pytest

from partners.errors import SignatureInvalidError
from partners.signatures import ID, SIGNATURE, new_secret, sign, verify

BODY = b'{"type": "order.completed"}'


def test_a_message_that_was_signed_is_known_by_its_id() -> None:
    now = datetime.now(UTC)
    secret = new_secret("s-1", now)

    headers = sign(BODY, webhook_id="msg_1", now=now, valid=[secret])

    assert verify(BODY, headers.get, [secret]) == "msg_1"


def test_an_id_with_a_dot_in_it_is_refused_however_it_was_signed() -> None:
    """It would blur where the id ends in what is signed."""
    now = datetime.now(UTC)
    secret = new_secret("s-1", now)

    headers = sign(BODY, webhook_id="msg.1", now=now, valid=[secret])

    assert headers[ID] == "msg.1"
    with pytest.raises(SignatureInvalidError):
        verify(BODY, headers.get, [secret])


@pytest.mark.parametrize(
    "beside",
    ["{} v1a,AAAA", "v2,x {}", "v1,AAAA {}", "v1 {}", "v1,a,b {}", "v1,AAAA  {}", "v1,é {}", "garbage {}", " {} "],
)
def test_a_signature_counts_whatever_stands_beside_it(beside: str) -> None:
    now = datetime.now(UTC)
    secret = new_secret("s-1", now)
    headers = sign(BODY, webhook_id="msg_1", now=now, valid=[secret])

    headers[SIGNATURE] = beside.format(headers[SIGNATURE])

    assert verify(BODY, headers.get, [secret]) == "msg_1"


@pytest.mark.parametrize("nothing", ["", " ", "v1", "v1,", "v1a,AAAA", "v1,AAAA", "v1,,", "garbage"])
def test_what_is_no_signature_is_refused(nothing: str) -> None:
    now = datetime.now(UTC)
    secret = new_secret("s-1", now)
    headers = sign(BODY, webhook_id="msg_1", now=now, valid=[secret])

    with pytest.raises(SignatureInvalidError):
        verify(BODY, {**headers, SIGNATURE: nothing}.get, [secret])
