"""What inventory does with a consent: `tests/platform/integration/test_withdrawals.py`."""

from typing import Final
from uuid import uuid4

from stadion.events.accounts import ConsentKind
from tests.kit.services import Service
from tests.kit.withdrawals import Withdrawal


def _adds(inventory: Service) -> bool:
    from tests.inventory.integration.test_purchases import bought, locker, tell

    before = len(locker(inventory))
    tell(inventory, bought(order_id=str(uuid4())))
    return len(locker(inventory)) > before


WITHDRAWALS: Final = (Withdrawal(ConsentKind.PURCHASES, "on_account_events", "adds what is bought to the gear", _adds),)
