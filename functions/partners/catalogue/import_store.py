"""Imports in the partners table, each for ninety days."""

from datetime import datetime, timedelta

from partners.catalogue.errors import ImportNotFoundError
from partners.catalogue.imports import Import
from stadion.change import Change
from stadion.records import Records

IMPORTS = Records(
    Import,
    kind="import",
    pk="IMPORT#{import_id}",
    sk="IMPORT",
    own_revision=True,
    nulls=True,
    kept_for=timedelta(days=90),
    kept_since="created_at",
    missing=ImportNotFoundError,
)
"""With each portion's products; the next portion, admins."""


def find(import_id: str) -> Import:
    return IMPORTS.get(import_id)


def add(made: Import, now: datetime) -> None:
    with Change(None, now) as change:
        change.put(IMPORTS, made)
