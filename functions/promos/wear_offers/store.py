"""Which promo a worn piece of a category earns: one item of the promos table."""

from collections.abc import Mapping

from stadion.dynamo import Item, Transaction, next_revision, put_over
from stadion.retry import retry_on_conflict


def rules() -> Mapping[str, str]:
    """Category of gear -> promo."""
    return _rules()[0]


def change(category: str, promo_id: str | None) -> Mapping[str, str]:
    """The rules as they are then; None takes the category's away."""

    def write() -> Mapping[str, str]:
        known, stored = _rules()
        others = {name: promo for name, promo in known.items() if name != category}
        changed = others if promo_id is None else {**others, category: promo_id}
        if changed == known:
            return known
        revision = next_revision(stored)
        transaction = Transaction()
        item = Item(pk="WEAR_OFFERS", sk="RULES", kind="wear_offers", revision=revision, body={"promos": changed})
        put_over(transaction, stored, item)
        transaction.commit()
        return changed

    return retry_on_conflict(write)


def _rules() -> tuple[dict[str, str], Item | None]:
    item = Item.find("WEAR_OFFERS", "RULES")
    return (dict(item.body["promos"]) if item is not None else {}), item
