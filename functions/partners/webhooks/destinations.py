"""Where a webhook may go: the public internet over TLS. Who names an address must not reach our own network by it."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

LOOPBACK: Final = "127.0.0.1"
NAMED_WITHIN_S = 3.0
"""Of the name servers, which are the receiver's choice as well."""
PORTS: Final = (443, 8443)
GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
SPECIAL_6: Final = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)
"""Protocol assignments with Teredo, documentation, 6to4, AS112, documentation again."""
SPECIAL_4: Final = tuple(
    map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
                                "192.175.48.0/24", "240.0.0.0/4"))
)  # fmt: skip
"""Protocol assignments, AS112, AMT, 6to4 relays, AS112 again, what is reserved."""
Resolve = Callable[[str, int], list[str]]


class DestinationRefusedError(Exception):
    """The address is not one for webhooks."""


@dataclass(frozen=True)
class Destination:
    """A host by its name, and the address that was checked: the connection goes there and nowhere else, whatever the
    name leads to a moment later."""

    scheme: str
    host: str
    address: str
    port: int
    path: str


def check(url: str, *, is_local: bool) -> None:
    """What can be said without looking the name up."""
    _parts(url, is_local=is_local)


def find(url: str, *, is_local: bool, resolve: Resolve | None = None) -> Destination:
    parts = _parts(url, is_local=is_local)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        return Destination(parts.scheme, host, LOOPBACK, port, path)
    addresses = (resolve or _resolve)(host, port)
    if not addresses or not all(_is_public(address) for address in addresses):
        raise DestinationRefusedError("not a public address")
    return Destination(parts.scheme, host, addresses[0], port, path)


def _parts(url: str, *, is_local: bool) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise DestinationRefusedError("not an address") from error
    plain = is_local and parts.scheme == "http" and parts.hostname == LOOPBACK
    if not (plain or parts.scheme == "https") or not parts.hostname:
        raise DestinationRefusedError("not https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise DestinationRefusedError("user, password or fragment")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise DestinationRefusedError("not an address")
    if not plain and (parts.port or PORTS[0]) not in PORTS:
        raise DestinationRefusedError("not a port for webhooks")
    if _is_ip(parts.hostname) and not plain and not _is_public(parts.hostname):
        raise DestinationRefusedError("not a public address")
    return parts


def _resolve(host: str, port: int) -> list[str]:
    """Nothing ends a look-up that hangs, so it is left alone."""
    answer: SimpleQueue[list[str]] = SimpleQueue()
    Thread(target=lambda: answer.put(_looked_up(host, port)), daemon=True).start()
    try:
        found = answer.get(timeout=NAMED_WITHIN_S)
    except Empty as error:
        raise DestinationRefusedError("no answer of its name servers") from error
    if not found:
        raise DestinationRefusedError("unknown host")
    return found


def _looked_up(host: str, port: int) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(address: str) -> bool:
    """Global unicast, and none of what leads to another network: ranges that embed an IPv4 address or are registered
    for something special (RFC 6890) are refused as a whole, whatever Python's tables say of a part of them."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in GLOBAL_UNICAST and ip.is_global and not any(ip in special for special in SPECIAL_6)
    return ip.is_global and not ip.is_multicast and not any(ip in special for special in SPECIAL_4)
