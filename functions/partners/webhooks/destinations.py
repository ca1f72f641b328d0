"""Where a webhook may go: the public internet over TLS. Who names an address must not reach our own network by it."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
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
    if _is_ip(parts.hostname) and not plain and not _is_public(parts.hostname):
        raise DestinationRefusedError("not a public address")
    return parts


def _resolve(host: str, port: int) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise DestinationRefusedError("unknown host") from error


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(address: str) -> bool:
    """Also of the IPv4 address that an IPv6 address embeds."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None and not inner.is_global:
            return False
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF).is_global
    return ip.is_global and not ip.is_multicast


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
