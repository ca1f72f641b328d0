"""Webhooks go to the public internet, and nowhere else."""

import socket
from threading import Event
from typing import Any

import pytest

from partners.webhooks import destinations
from partners.webhooks.destinations import DestinationRefusedError, check, find

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/hooks",
        "http://127.0.0.1:8080/hooks",
        "ftp://store.example",
        "https://user:word@store.example/",
        "https://store.example/#part",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "https://store.example:22/",
        "https://store.example:80/",
        "https://store.example:8080/",
        "https://[::127.0.0.1]/",
        "https://[fec0::1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[::ffff:0:a00:1]/",
        "https://192.0.0.192/",
        "https://192.0.0.9/",
        "https://192.88.99.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://[2001:0:a00:1::1]/",
        "https://[2002:a00:1::1]/",
        "https://[2001:db8::1]/",
        "https://[3fff::1]/",
        "https://[ff02::1]/",
        "https://[fe80::1]/",
        "https://10.1.2.3/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[fd00::1]/",
        "https://store.example:99999/",
        "https:///nothing",
        "https://store.example\\@evil.example/",
        "https://störe.example/",
        "https://store.example/ space",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_is_not_for_webhooks_is_refused(url: str) -> None:
    with pytest.raises(DestinationRefusedError):
        check(url, is_local=False)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:192.168.0.1"]
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(DestinationRefusedError):
        find("https://inside.example/", is_local=False, resolve=lambda *_: [PUBLIC, address])


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    found = find("https://store.example/hooks?a=1", is_local=False, resolve=lambda *_: [PUBLIC])
    assert (found.address, found.host, found.port, found.path) == (PUBLIC, "store.example", 443, "/hooks?a=1")


def test_public_unicast_is_reached_on_the_two_ports() -> None:
    for address in (PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"):
        for port in ("", ":443", ":8443"):
            assert find(f"https://store.example{port}/", is_local=False, resolve=lambda *_, one=address: [one])


def test_a_name_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DestinationRefusedError):
        find("https://nobody.invalid/", is_local=False, resolve=lambda *_: [])


def test_the_laptop_may_hear_its_own() -> None:
    assert find("http://127.0.0.1:8080/hooks", is_local=True).address == "127.0.0.1"
    for url in ("http://localhost:8080/", "http://10.0.0.1/", "https://10.0.0.1/", "http://127.0.0.1@evil.example/"):
        with pytest.raises(DestinationRefusedError):
            find(url, is_local=True, resolve=lambda *_: ["10.0.0.1"])


def test_name_servers_that_do_not_answer_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the receiver's as well, and no timeout of a socket is theirs."""
    asked = Event()

    def silent(*_: Any, **__: Any) -> list[Any]:
        asked.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 443))]

    monkeypatch.setattr(destinations, "NAMED_WITHIN_S", 0.01, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", silent)
    with pytest.raises(DestinationRefusedError, match="name servers"):
        find("https://store.example/", is_local=False)
    asked.set()
