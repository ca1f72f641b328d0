"""Use cases of imports: announce a file, and take it in, portion by portion.

A portion's products, their events and the progress of the import are one transaction: a crash loses nothing, and what
comes again goes on where the last one ended.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from partners import catalogue_store, store
from partners.catalogue_service import product_of
from partners.errors import ImportNotFoundError
from partners.imports import (
    MOST_BYTES,
    MOST_ERRORS_SHOWN,
    MOST_REFUSED_FOR_FULL,
    Import,
    Line,
    State,
    UnreadableFileError,
    read,
)
from partners.products import Product
from partners.schemas import FileForm, ImportResponse, NewImport
from partners.settings import PartnerSettings
from stadion import ids
from stadion.dynamo import Item, Transaction, absent, look_again, overtaken
from stadion.observability import log
from stadion.settings import load
from stadion.storage import s3_client

INCOMING = "products"
FORM_LASTS = timedelta(hours=1)
KEPT_FOR = timedelta(days=90)


class NotFinishedError(Exception):
    """The function's time is nearly over; the notice comes again, and the import goes on."""


def announce(partner_id: str, new: NewImport, *, by: str, now: datetime) -> ImportResponse:
    store.get(partner_id)
    made = Import(import_id=ids.new_id(), partner_id=partner_id, created_at=now, **new.model_dump())
    Transaction().put(_item(made), absent()).commit()
    log("import announced", partner_id=partner_id, import_id=made.import_id, by=by)
    return shown(made, form=_form(made, now))


def find(import_id: str) -> Import:
    item = Item.find(_pk(import_id), "IMPORT")
    if item is None:
        raise ImportNotFoundError
    return Import.model_validate(item.body)


def take_in(
    import_id: str, data: Callable[[], bytes], *, now: Callable[[], datetime], seconds: float = float("inf")
) -> Import:
    """From where it was to its end, or to the end of the time, which is a `NotFinishedError`."""
    until = time.monotonic() + seconds
    one = find(import_id)
    if one.is_over:
        return one
    try:
        lines = read(data(), one.format)
    except UnreadableFileError as error:
        return _move(one, [], state=State.FAILED, problem=error.code, finished_at=now())
    while one.lines < len(lines):
        if time.monotonic() > until:
            raise NotFinishedError
        portion = lines[one.lines : one.lines + catalogue_store.MOST_AT_ONCE]
        one = look_again(lambda portion=portion: _take(find(import_id), portion, now()))  # type: ignore[misc]
    if one.full:
        one = _end_what_is_missing(one, lines, now, until)
    return _move(one, [], state=State.DONE, finished_at=now())


def _take(one: Import, portion: list[Line], now: datetime) -> Import:
    last = {line.entry.sku: line.entry for line in portion if line.entry is not None}
    products = [product_of(one.partner_id, entry, now) for entry in last.values()]
    transaction = Transaction()
    done = catalogue_store.add_to(transaction, products, now)
    changed = sum(is_new for _, is_new in done.values())
    errors = [error for line in portion for error in line.errors]
    refused = sum(line.entry is None for line in portion)
    new = one.moved(
        state=State.RUNNING,
        lines=one.lines + len(portion),
        changed=one.changed + changed,
        unchanged=one.unchanged + len(portion) - refused - changed,
        refused=one.refused + refused,
        errors=[*one.errors, *errors][:MOST_ERRORS_SHOWN],
    )
    _put(transaction, one, new)
    transaction.commit()
    return new


def _end_what_is_missing(one: Import, lines: list[Line], now: Callable[[], datetime], until: float) -> Import:
    """Safe to repeat: what is not sold any more is not found again. A line that was refused still names its product."""
    if one.refused > len(lines) * MOST_REFUSED_FOR_FULL:
        return one.model_copy(update={"problem": "too_many_refused_to_end_the_rest"})
    named = {line.sku for line in lines}
    missing = [product for product in catalogue_store.all_sold(one.partner_id) if product.sku not in named]
    for start in range(0, len(missing), catalogue_store.MOST_AT_ONCE):
        if time.monotonic() > until:
            raise NotFinishedError
        one = _move(one, missing[start : start + catalogue_store.MOST_AT_ONCE], now=now())
    return one


def _move(one: Import, ended: list[Product], *, now: datetime | None = None, **fields: Any) -> Import:
    """Progress, and products that are not sold any more, in one transaction."""

    def once() -> Import:
        stored = find(one.import_id)
        if stored.is_over:
            return stored
        transaction = Transaction()
        products = [product.model_copy(update={"is_sold": False}) for product in ended]
        done = catalogue_store.add_to(transaction, products, now) if now else {}
        count = sum(is_new for _, is_new in done.values())
        said = {"problem": one.problem, **fields, "no_longer_sold": stored.no_longer_sold + count}
        new = stored.moved(**said)
        _put(transaction, stored, new)
        transaction.commit()
        return new

    return look_again(once)


def shown(one: Import, *, form: FileForm | None = None) -> ImportResponse:
    return ImportResponse(**one.model_dump(mode="json", exclude={"revision"}), form=form)


def object_key(one: Import) -> str:
    return f"{INCOMING}/{one.partner_id}/{one.import_id}"


def import_of(key: str) -> str:
    return key.rpartition("/")[2]


def fetch(key: str) -> bytes:
    answer = s3_client().get_object(Bucket=load(PartnerSettings).imports_bucket, Key=key)
    return answer["Body"].read(MOST_BYTES)


def _form(one: Import, now: datetime) -> FileForm:
    form = s3_client().generate_presigned_post(
        Bucket=load(PartnerSettings).imports_bucket,
        Key=object_key(one),
        Conditions=[["content-length-range", 1, MOST_BYTES]],
        ExpiresIn=int(FORM_LASTS.total_seconds()),
    )
    return FileForm(**form, max_bytes=MOST_BYTES, expires_at=now + FORM_LASTS)


def _put(transaction: Transaction, old: Import, new: Import) -> None:
    transaction.put(_item(new), Item.revision == old.revision, refused=overtaken)


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
