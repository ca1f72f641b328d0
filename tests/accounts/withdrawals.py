"""What accounts does with a consent: `tests/platform/integration/test_withdrawals.py`."""

from typing import Final

from stadion.events.accounts import ConsentKind
from tests.kit.services import Service
from tests.kit.withdrawals import Withdrawal

DAY: Final = "/v1/me/physical/2026-11-01"


def _takes(accounts: Service) -> bool:
    return accounts.call("PUT", DAY, {"mass_kg": 61.25}).status == 200


def _shows(accounts: Service) -> bool:
    return accounts.call("GET", "/v1/me/physical").status == 200


WITHDRAWALS: Final = (
    Withdrawal(ConsentKind.HEALTH_DATA, None, "takes physical data", _takes),
    Withdrawal(ConsentKind.HEALTH_DATA, None, "shows physical data", _shows),
)
UNASKED: Final = {
    ConsentKind.LOCATION: "privacy zones are places that others must not see: told to the services that hide them"
}
