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
from partners.catalogue.imports import MAX_ERRORS_SHOWN, Import, State
from partners.catalogue.problems import FileProblem, UnreadableFileError
from partners.catalogue.product_file import Line
from partners.domain import Partner, PartnerStanding
from stadion import ids, pseudonyms
from stadion.change import Change
from stadion.events.partners import PartnerAbility
from stadion.observability import log
from stadion.partner_rights import AbilityMissingError, PartnerDisabledError
from stadion.retry import retry_on_conflict


def announce(partner_id: str, fmt: str, *, full: bool, by: str, now: datetime) -> Import:
    """`full`: what the file does not have is not sold any more."""
    partner = partner_store.get(partner_id)
    if partner.status is PartnerStanding.DISABLED:
        raise PartnerDisabledError
    if PartnerAbility.CATALOGUE not in partner.may:
        raise AbilityMissingError(ability=PartnerAbility.CATALOGUE)
    made = Import(import_id=ids.new_id(), partner_id=partner_id, format=fmt, full=full, created_at=now)
    import_store.add(made, now)
    log("import announced", partner_id=partner_id, import_id=made.import_id, by=pseudonyms.of_signer(by))
    return made


def take_in(
    import_id: str, data: Callable[[], bytes], *, now: Callable[[], datetime], seconds: float = float("inf")
) -> Import:
    """From where it was to its end, or, a portion at least, to the end of the time: then it is not over."""
    until = time.monotonic() + seconds
    one = import_store.find(import_id)
    if one.is_over:
        return one
    try:
        lines = product_file.read(data(), one.format, _partner_of(one), now())
    except UnreadableFileError as error:
        said: dict[str, Any] = {"problem": error.problem, "problem_about": error.about}
        return _move(one, [], now(), state=State.FAILED, finished_at=now(), **said)
    while one.lines < len(lines) and not one.is_over:
        one = _next_portion(one, lines, now())
        if time.monotonic() > until:
            return one
    return one if one.is_over else _end_what_is_missing(one, lines, now, until)


def _partner_of(one: Import) -> Partner:
    """As it stands now, however long ago the file was announced. UnreadableFileError."""
    partner = partner_store.get(one.partner_id)
    if partner.status is PartnerStanding.DISABLED:
        raise UnreadableFileError(FileProblem.DISABLED)
    if PartnerAbility.CATALOGUE not in partner.may:
        raise UnreadableFileError(FileProblem.MAY_NOT)
    return partner


def _next_portion(one: Import, lines: list[Line], now: datetime) -> Import:
    """As it was read, and read anew when somebody takes in the same file at once."""
    known = [one]

    def once() -> Import:
        stored = known.pop() if known else import_store.find(one.import_id)
        if stored.is_over or stored.lines >= len(lines):
            return stored
        return _take(stored, lines, now)

    return retry_on_conflict(once)


def _take(one: Import, lines: list[Line], now: datetime) -> Import:
    """With its last line an import ends that has nothing else to do."""
    portion = lines[one.lines : one.lines + store.MAX_AT_ONCE]
    products = [line.product for line in portion if line.product is not None]
    change = Change(None, now)
    done = store.add_to(change, products)
    changed = sum(is_new for _, is_new in done.values())
    errors = [error for line in portion for error in line.errors]
    new = one.moved(
        state=State.RUNNING,
        lines=one.lines + len(portion),
        changed=one.changed + changed,
        unchanged=one.unchanged + len(products) - changed,
        refused=one.refused + len(portion) - len(products),
        broken=one.broken + sum(line.is_broken for line in portion),
        errors=[*one.errors, *errors][:MAX_ERRORS_SHOWN],
    )
    if new.lines == len(lines) and not new.full:
        new = new.ended(now)
    change.replace(IMPORTS.seen(one), new)
    change.commit()
    return new


def _end_what_is_missing(one: Import, lines: list[Line], now: Callable[[], datetime], until: float) -> Import:
    """Safe to repeat: what is not sold any more is not found again. A line that was refused still names its product."""
    if (problem := one.why_nothing_ends) is not None:
        about = str(one.broken) if problem is FileProblem.BROKEN_LINES else None
        return _move(one, [], now(), over=True, problem=problem, problem_about=about)
    named = {line.sku for line in lines}
    missing = [product for product in store.all_sold(one.partner_id) if product.sku not in named]
    for start in range(0, len(missing), store.MAX_AT_ONCE):
        one = _move(one, missing[start : start + store.MAX_AT_ONCE], now())
        if time.monotonic() > until:
            return one
    return _move(one, [], now(), over=True)


def _move(one: Import, ended: list[Product], now: datetime, *, over: bool = False, **fields: Any) -> Import:
    """Progress, and products that are not sold any more, in one transaction."""

    def once() -> Import:
        stored = import_store.find(one.import_id)
        if stored.is_over:
            return stored
        products = [product.model_copy(update={"is_sold": False}) for product in ended]
        with Change(None, now) as change:
            done = store.add_to(change, products)
            count = sum(is_new for _, is_new in done.values())
            new = stored.moved(**fields, no_longer_sold=stored.no_longer_sold + count)
            new = new.ended(now) if over else new
            change.replace(IMPORTS.seen(stored), new)
        return new

    return retry_on_conflict(once)
