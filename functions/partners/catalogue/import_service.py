"""Use cases of imports: announce a file, and take it in, portion by portion.

A portion's products, their events and the progress of the import are one transaction: a crash loses nothing, and what
comes again goes on where the last one ended.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from partners import store as partner_store
from partners.catalogue import import_store, product_file, store
from partners.catalogue.domain import Product
from partners.catalogue.import_store import IMPORTS
from partners.catalogue.imports import MAX_ERRORS_SHOWN, MAX_REFUSED_FOR_FULL, Import, State
from partners.catalogue.product_file import Line
from stadion import ids
from stadion.change import Change
from stadion.observability import log
from stadion.retry import retry_on_conflict


class NotFinishedError(Exception):
    """The function's time is nearly over; the notice comes again, and the import goes on."""


def announce(partner_id: str, fmt: str, *, full: bool, by: str, now: datetime) -> Import:
    """`full`: what the file does not have is not sold any more."""
    partner_store.get(partner_id)
    made = Import(import_id=ids.new_id(), partner_id=partner_id, format=fmt, full=full, created_at=now)
    import_store.add(made, now)
    log("import announced", partner_id=partner_id, import_id=made.import_id, by=by)
    return made


def take_in(
    import_id: str, data: Callable[[], bytes], *, now: Callable[[], datetime], seconds: float = float("inf")
) -> Import:
    """From where it was to its end, or to the end of the time, which is a `NotFinishedError`."""
    until = time.monotonic() + seconds
    one = import_store.find(import_id)
    if one.is_over:
        return one
    try:
        lines = product_file.read(data(), one.format, one.partner_id, now())
    except product_file.UnreadableFileError as error:
        return _ended(one, now(), state=State.FAILED, problem=error.code)
    while one.lines < len(lines):
        if time.monotonic() > until:
            raise NotFinishedError
        portion = lines[one.lines : one.lines + store.MAX_AT_ONCE]
        one = retry_on_conflict(lambda portion=portion: _take(import_store.find(import_id), portion, now()))  # type: ignore[misc]
    if one.full:
        one = _end_what_is_missing(one, lines, now, until)
    return _ended(one, now(), state=State.DONE)


def _ended(one: Import, now: datetime, **fields: Any) -> Import:
    return _move(one, [], now, finished_at=now, **fields)


def _take(one: Import, portion: list[Line], now: datetime) -> Import:
    last = {line.product.sku: line.product for line in portion if line.product is not None}
    change = Change(None, now)
    done = store.add_to(change, list(last.values()))
    changed = sum(is_new for _, is_new in done.values())
    errors = [error for line in portion for error in line.errors]
    refused = sum(line.product is None for line in portion)
    new = one.moved(
        state=State.RUNNING,
        lines=one.lines + len(portion),
        changed=one.changed + changed,
        unchanged=one.unchanged + len(portion) - refused - changed,
        refused=one.refused + refused,
        errors=[*one.errors, *errors][:MAX_ERRORS_SHOWN],
    )
    change.replace(IMPORTS.seen(one), new)
    change.commit()
    return new


def _end_what_is_missing(one: Import, lines: list[Line], now: Callable[[], datetime], until: float) -> Import:
    """Safe to repeat: what is not sold any more is not found again. A line that was refused still names its product."""
    if one.refused > len(lines) * MAX_REFUSED_FOR_FULL:
        return one.model_copy(update={"problem": "too_many_refused_to_end_the_rest"})
    named = {line.sku for line in lines}
    missing = [product for product in store.all_sold(one.partner_id) if product.sku not in named]
    for start in range(0, len(missing), store.MAX_AT_ONCE):
        if time.monotonic() > until:
            raise NotFinishedError
        one = _move(one, missing[start : start + store.MAX_AT_ONCE], now())
    return one


def _move(one: Import, ended: list[Product], now: datetime, **fields: Any) -> Import:
    """Progress, and products that are not sold any more, in one transaction."""

    def once() -> Import:
        stored = import_store.find(one.import_id)
        if stored.is_over:
            return stored
        products = [product.model_copy(update={"is_sold": False}) for product in ended]
        with Change(None, now) as change:
            done = store.add_to(change, products)
            count = sum(is_new for _, is_new in done.values())
            said = {"problem": one.problem, **fields, "no_longer_sold": stored.no_longer_sold + count}
            new = stored.moved(**said)
            change.replace(IMPORTS.seen(stored), new)
        return new

    return retry_on_conflict(once)
