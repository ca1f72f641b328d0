"""Which promo a worn piece of a category earns: one item of the promos table."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from stadion.change import Change
from stadion.records import Records
from stadion.retry import retry_on_conflict
from stadion.values import Value


class _Rules(Value):
    promos: dict[str, str] = Field(default_factory=dict)


RULES = Records(_Rules, kind="wear_offers", pk="WEAR_OFFERS", sk="RULES")
"""Promos that worn gear earns, by category: admins, on the revision; the wear offer's first step."""


def rules() -> Mapping[str, str]:
    """Category of gear -> promo."""
    return (RULES.find() or _Rules()).promos


def change(category: str, promo_id: str | None, now: datetime) -> Mapping[str, str]:
    """The rules as they are then; None takes the category's away."""

    def write() -> Mapping[str, str]:
        stored = RULES.read()
        known = stored.value.promos if stored.value is not None else {}
        others = {name: promo for name, promo in known.items() if name != category}
        changed = others if promo_id is None else {**others, category: promo_id}
        if changed != known:
            with Change(None, now) as change:
                change.replace(stored, _Rules(promos=changed))
        return changed

    return retry_on_conflict(write)
