"""What a service does with a consent, and does no more after one delivery of its withdrawal.

Each service that hears of consents, or keeps what one covers, has `tests/<service>/withdrawals.py`:

    WITHDRAWALS = (Withdrawal(ConsentKind.PURCHASES, "on_account_events", "adds what is bought to the gear", adds),)
    UNASKED = {ConsentKind.LOCATION: "its places are shown to the athlete alone"}

`tests/platform/integration/test_withdrawals.py` grants, sees it done, delivers the withdrawal once, and sees it done no
more; a service that keeps health data or places, or has a consumer of `ConsentChanged`, without a line there fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from stadion.events.accounts import ConsentKind
from tests.kit.beside import TESTS
from tests.kit.services import Service


def _nothing(_: Service) -> None:
    pass


@dataclass(frozen=True)
class Withdrawal:
    kind: ConsentKind
    consumer: str | None
    """The function that hears of it; None: the service is the one that takes it."""
    what: str
    """A verb and its object: what is done while it is granted."""
    is_done: Callable[[Service], bool]
    """Tries it once, and says whether it was done."""
    prepared: Callable[[Service], None] = _nothing
    """Once, while it is granted."""

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what}"


@dataclass(frozen=True)
class Declared:
    withdrawals: tuple[Withdrawal, ...] = ()
    unasked: Mapping[ConsentKind, str] | None = None
    """Kinds of which the service keeps what they cover and asks nothing, and why."""

    @property
    def kinds(self) -> set[ConsentKind]:
        return {one.kind for one in self.withdrawals} | set(self.unasked or {})


def declared(service: str) -> Declared:
    if not (TESTS / service / "withdrawals.py").exists():
        return Declared()
    module = import_module(f"tests.{service}.withdrawals")
    return Declared(tuple(module.WITHDRAWALS), getattr(module, "UNASKED", {}))
