"""On AWS everybody comes through the edge, which says so by a secret and names the viewer; who passes it by is refused.

The secret is rotated by a deployment: for that while the value of before is good as well. Signed requests of admins
are not sent through it, since their signature is over the gateway's own name.
"""

import hmac
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from stadion.clients import Client
from stadion.errors import ForbiddenError
from stadion.i18n import Text
from stadion.observability import logger
from stadion.settings import edge_secret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

SECRET: Final = "x-stadion-edge"  # noqa: S105 - its name
VIEWER: Final = "x-stadion-viewer"
"""The address of who asked the edge."""
STAGES: Final = ("AWSCURRENT", "AWSPREVIOUS")
LOOKED_AT_MOST_EVERY_S: Final = 60.0
"""For what nobody knows: anybody can send one."""


class EdgePassedByError(ForbiddenError):
    code = "address_is_not_public"
    title = Text(en="Not this way", ru="Не по этому адресу")
    explanation = Text(en="Call the API by its public name.", ru="Обращайтесь к API по его публичному имени.")


class _Known:
    """The values that are good, as they were last read."""

    def __init__(self) -> None:
        self._values: tuple[str, ...] = ()
        self._read_at: float | None = None

    def has(self, sent: str) -> bool:
        if self._is_among(sent):
            return True
        now = time.monotonic()
        if self._read_at is None or now - self._read_at >= LOOKED_AT_MOST_EVERY_S:
            self._look(now)
        return self._is_among(sent)

    def _look(self, now: float) -> None:
        """What was good before stays so while it cannot be read anew: whoever guesses asks no more often for that.
        Before it was read once, nobody is known, and each asks."""
        try:
            self._values = tuple(_read(edge_secret()))
        except Exception as error:
            if not self._values:
                raise
            logger.warning("the edge's secret cannot be read", extra={"error": type(error).__name__})
        self._read_at = now

    def _is_among(self, sent: str) -> bool:
        return any(hmac.compare_digest(sent.encode(), one.encode()) for one in self._values)


KNOWN: Final = _Known()


def check(headers: Mapping[str, str]) -> None:
    """`EdgePassedByError`, where there is an edge."""
    if edge_secret() and not KNOWN.has(headers.get(SECRET, "")):
        raise EdgePassedByError


def viewer(headers: Mapping[str, str], source_ip: str) -> str:
    """The address of who asks: the edge's word, if it is that, else where the request comes from."""
    came_through = edge_secret() and KNOWN.has(headers.get(SECRET, ""))
    return headers.get(VIEWER, "") if came_through else source_ip


def _read(secret: str) -> list[str]:
    """`AWSPREVIOUS` is there after the first rotation only."""
    found = []
    for stage in STAGES:
        try:
            found.append(client().get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"])
        except client().exceptions.ResourceNotFoundException:
            continue
    return found


client: "Client[SecretsManagerClient]" = Client("secretsmanager")
