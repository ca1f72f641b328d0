"""One signed POST: no redirects, no proxies, short times, and the answer's body is nobody's business."""

from functools import cache
from typing import TYPE_CHECKING

from partners.webhooks.destinations import Destination

if TYPE_CHECKING:
    import urllib3

CONNECT_S, READ_S = 3.0, 8.0


class NoAnswerError(Exception):
    """Nobody answered in time, or not over TLS as that host."""


def post(to: Destination, headers: dict[str, str], body: bytes) -> int:
    """The status of the answer. urllib3 is botocore's: it is wherever boto3 is."""
    import urllib3

    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S, total=CONNECT_S + READ_S)
    sent = {**headers, "Host": _host(to), "Content-Type": "application/json", "User-Agent": "Stadion-Webhooks/1"}
    pool = _pool(to)
    try:
        answer = pool.urlopen(
            "POST",
            to.path,
            body=body,
            headers=sent,
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        status = int(answer.status)
        answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NoAnswerError(type(error).__name__) from error
    finally:
        pool.close()
    return status


def _pool(to: Destination) -> "urllib3.HTTPConnectionPool":
    """To the address that was checked, under the name that its certificate must have."""
    import urllib3

    if to.scheme == "http":
        return urllib3.HTTPConnectionPool(to.address, to.port)
    return urllib3.HTTPSConnectionPool(
        to.address,
        to.port,
        server_hostname=to.host,
        assert_hostname=to.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=_authorities(),
    )


@cache
def _authorities() -> str:
    from botocore.httpsession import where

    found: str = where()
    return found


def _host(to: Destination) -> str:
    usual = {"https": 443, "http": 80}[to.scheme]
    return to.host if to.port == usual else f"{to.host}:{to.port}"
