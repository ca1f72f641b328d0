"""The endpoint answers programs of this machine: a page that was led here by its name reads no heart rate."""

import http.client
from typing import Any

import pytest

from timestream_local.tests.integration.workshop import Bench

TARGET = {"X-Amz-Target": "Timestream_20181101.ListDatabases", "Content-Type": "application/x-amz-json-1.0"}


def asked(bench: Bench, **more: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", bench.endpoint.port, timeout=30)
    connection.request("POST", "/", body="{}", headers={**TARGET, **more})
    return connection.getresponse().status


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4570", "127.0.0.1.evil.example", "localhost.evil.example:4570", "0.0.0.0:4570",
     "127.0.0.1@evil.example", "localhost:4570.evil.example", "[::2]:4570", "localhost.:4570", ""],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(bench: Bench, host: str) -> None:
    assert asked(bench, Host=host) == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:4570", "LOCALHOST", "[::1]:4570", "x.localhost:4570"])
def test_names_of_this_machine_are_answered(bench: Bench, host: str) -> None:
    assert asked(bench, Host=host) == 200


@pytest.mark.parametrize(
    "more", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_page_is_refused_whosever_it_is(bench: Bench, more: dict[str, Any]) -> None:
    assert asked(bench, **more) == 403
