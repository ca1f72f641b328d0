"""A REST API's request as an HTTP API would tell it."""

import pytest

from stadion.partner_http import as_http_event
from tests.kit.services import rest_event


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("/codes/RUN%207F3K", "/codes/RUN 7F3K"),
        ("/codes/%D0%9A%D0%9E%D0%94", "/codes/КОД"),
        ("/codes/RUN+7F3K", "/codes/RUN+7F3K"),
        ("/codes/RUN%2B7F3K", "/codes/RUN+7F3K"),
        ("/codes/50%25", "/codes/50%"),
        ("/codes/RUN%25207F3K", "/codes/RUN%207F3K"),
        ("/codes/RUN%2Fredeem", "/codes/RUN%2Fredeem"),
    ],
)
def test_a_path_is_decoded_once_and_gets_no_further_slash(sent: str, meant: str) -> None:
    told = as_http_event(rest_event("GET", sent, None, {}))

    assert told["rawPath"] == meant
    assert told["requestContext"]["http"]["path"] == meant
