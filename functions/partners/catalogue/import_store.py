"""Imports in the partners table, each for ninety days."""

from datetime import timedelta

from partners.catalogue.errors import ImportNotFoundError
from partners.catalogue.imports import Import
from stadion.dynamo import Item, Transaction, absent

KEPT_FOR = timedelta(days=90)


def find(import_id: str) -> Import:
    item = Item.find(_pk(import_id), "IMPORT")
    if item is None:
        raise ImportNotFoundError
    return Import.model_validate(item.body)


def add(made: Import) -> None:
    Transaction().put(_item(made), absent()).commit()


def move(transaction: Transaction, old: Import, new: Import) -> None:
    """In the transaction of what moved it."""
    transaction.put(_item(new), Item.revision == old.revision)


def _pk(import_id: str) -> str:
    return f"IMPORT#{import_id}"


def _item(one: Import) -> Item:
    return Item(
        pk=_pk(one.import_id),
        sk="IMPORT",
        kind="import",
        revision=one.revision,
        expires_at=int((one.created_at + KEPT_FOR).timestamp()),
        body=one.model_dump(mode="json"),
    )
