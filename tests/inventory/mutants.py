"""The safeguards of inventory that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "of two edits of one piece of gear the last one wins",
        "inventory.store:revise",
        "change.replace(GEAR.seen(old), new, refused=StaleVersionError)",
        "change.put(GEAR, new, new=False)",
        ("tests/inventory/integration",),
    ),
    Mutant(
        "a pair that was worn is taken away as if it were new",
        "inventory.store:take",
        '(use.value or NOTHING).totals.get("sessions", 0) == 0',
        "True",
        ("tests/inventory/integration/test_purchases.py",),
    ),
    Mutant(
        "what was agreed with one partner is agreed with all",
        "inventory.store:may_add_purchases",
        "owner.may_add_purchases(partner_id)",
        "owner.adds_purchases",
        ("tests/inventory/integration/test_purchases.py",),
    ),
)
