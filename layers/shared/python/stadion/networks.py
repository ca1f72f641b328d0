"""From where a request comes, as far as anybody is counted or named by it."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final

from stadion import edge

UNKNOWN: Final = "unknown"


def viewer_of(event: Mapping[str, Any]) -> str:
    """The address of who asks, of a request of payload 2.0. The one place that says which of the addresses it is."""
    source = str(event["requestContext"]["http"].get("sourceIp") or "")
    return edge.viewer(event.get("headers") or {}, source)


def network_of(address: str) -> str:
    """What one subscriber is usually given: /56 of IPv6 (RIPE-690); of IPv4 the /24, which costs as much to leave."""
    try:
        known = ip_address(address)
    except ValueError:
        return UNKNOWN
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return str(ip_network((known, 24 if known.version == 4 else 56), strict=False))
