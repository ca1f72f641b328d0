"""Clients of AWS, made in this one place: how long each waits, how often it tries, and which a snapshot holds.

A connection that was lost while a function was frozen costs a try and no request, and no call outlives its function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from stadion.settings import patience_factor

C = TypeVar("C")


@dataclass(frozen=True)
class Patience:
    """Of one call: seconds for a connection and for the next bytes of an answer, and how often in all it is tried."""

    connect_s: float = 1
    read_s: float = 3
    attempts: int = 3

    @property
    def longest_s(self) -> float:
        """Without the pauses between tries, which are a second or two."""
        return self.attempts * (self.connect_s + self.read_s)


USUAL: Final = Patience()
SLOW: Final = Patience(read_s=5, attempts=2)
"""Mails and pushes (a second try may send twice), files, the pool of users with its trigger, changes of an API."""
REGISTERED: Final[list["Client[Any]"]] = []


class Client(Generic[C]):
    """Made at its first use, or before the snapshot of a function whose modules have it; one in a process."""

    def __init__(
        self,
        service: str,
        *,
        patience: Patience = USUAL,
        endpoint: Callable[[], str] | None = None,
        **options: Any,
    ) -> None:
        self.service = service
        self.patience = patience
        self._endpoint = endpoint
        self._options = options
        self._client: C | None = None
        REGISTERED.append(self)

    def __call__(self) -> C:
        if self._client is None:
            where = self._endpoint() if self._endpoint is not None else None
            self._client = made(self.service, self.patience, where, **self._options)
        return self._client

    @property
    def is_made(self) -> bool:
        return self._client is not None

    def cache_clear(self) -> None:
        """Another one at the next use (tests change the account)."""
        self._client = None


def forget() -> None:
    """All of them."""
    for client in REGISTERED:
        client.cache_clear()


def configured(patience: Patience, **options: Any) -> Any:
    """botocore's configuration for that patience."""
    from botocore.config import Config

    return Config(
        connect_timeout=patience.connect_s * patience_factor(),
        read_timeout=patience.read_s * patience_factor(),
        retries={"total_max_attempts": patience.attempts, "mode": "standard"},
        tcp_keepalive=True,
        **options,
    )


def made(service: str, patience: Patience, endpoint: str | None = None, **options: Any) -> Any:
    import boto3

    make: Any = boto3.client
    return make(service, config=configured(patience, **options), endpoint_url=endpoint)
