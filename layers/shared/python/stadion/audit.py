"""Who did what, and why: an item for every call of an admin, written before the call does anything.

    began            who, what, to whom, why                      refused when it cannot be written
    + what changed   old and new, in the transaction of each `Change`, so that neither is without the other
    + how it ended   a status; an item without one says that nobody knows

The items lie in the platform's `stadion-audit` for 400 days (TTL); functions may add to it and take nothing away. An
athlete is a keyed hash (`stadion.pseudonyms`). Of what changed, every field is named; a value is shown if it can be
nobody's secret and nobody's person: numbers, dates, yes and no, and what comes of a list of ours.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from urllib.parse import unquote

from pydantic import BaseModel
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from stadion import clock, ids, pseudonyms
from stadion.change import WITNESS
from stadion.dynamo import Item, Transaction
from stadion.observability import count, logger
from stadion.records import Place
from stadion.settings import settings

REASON: Final = "x-audit-reason"
"""The header, percent-encoded, since a header holds no other letters than Latin ones."""
MAX_REASON: Final = 300
SOMEBODY: Final = re.compile(
    r"[^\s<>()\[\],;:\"'@]+@[^\s<>()\[\],;:\"'@]+|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE
)
"""An e-mail address or an athlete's id in a free text."""
KEPT_FOR: Final = timedelta(days=400)
PEOPLE: Final = frozenset({"user_id", "athlete_id", "username"})
"""Names of what stands for a person: in a path, in a body, in a key."""
HARMLESS: Final = frozenset(
    {
        *("currency", "plan", "promo_id", "campaign_id", "partner_id", "segment_name", "version", "time_zone"),
        *("minimum_version", "recommended_version", "from_version", "store_url", "platforms"),
    }
)
"""Texts that may be shown: names that we gave, of no person."""
BY_NAME: Final = frozenset({"clients", "features", "promos"})
"""Settings by a name that we gave, of which all may be shown: `features.live-map.is_on`."""
SHOWN: Final = (bool, int, float, Decimal, date, timedelta, Enum)
HIDDEN: Final = "…"
MOST_CHARACTERS: Final = 20_000
"""Of the changes of one write; what is beyond is counted."""
MOST_WRITES: Final = 100
"""Of a transaction of DynamoDB. What fills one by itself is told to the audit just before."""


class ByAbout(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "gsi2"
        projection = AllProjection()

    gsi2pk = UnicodeAttribute(hash_key=True)
    gsi2sk = UnicodeAttribute(range_key=True)


class AuditItem(Item):
    """`pk` the day, `sk` the moment and an id; by signer in `gsi1`, by whom or what it is about in `gsi2`."""

    class Meta:
        table_name = ""

    gsi2pk = UnicodeAttribute(null=True)
    gsi2sk = UnicodeAttribute(null=True)
    changes: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute)
    concerns: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute)
    status = NumberAttribute(null=True)
    outcome = UnicodeAttribute(null=True)

    by_about = ByAbout()

    @classmethod
    def table_name(cls) -> str:
        return settings().audit_table


@dataclass
class Call:
    """A call as it begins, and what is learnt of it. What a `Change` writes meanwhile is told to it."""

    signer: str
    operation: str
    method: str
    route: str
    service: str
    targets: Mapping[str, str]
    """Of the path and the body; a person's is a keyed hash."""
    reason: str | None
    correlation_id: str
    at: datetime
    key: tuple[str, str] = field(init=False)
    _concerned: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = (day_key(self.at.date()), f"{clock.rfc3339(self.at)}#{ids.new_id()}")

    @property
    def about(self) -> str:
        """The person, if it is about one, else the first thing that the path names."""
        named = [value for name, value in self.targets.items() if name in PEOPLE]
        for person in (*self._concerned, *named):
            return about_person(person)
        return next((about_thing(*one) for one in self.targets.items()), "ABOUT#nothing")

    def begin(self) -> None:
        AuditItem(
            *self.key,
            kind="audit",
            gsi1pk=signer_key(self.signer),
            gsi1sk=self.key[1],
            gsi2pk=self.about,
            gsi2sk=self.key[1],
            expires_at=int((self.at + KEPT_FOR).timestamp()),
            changes=[],
            concerns=[],
            body={
                "signer": self.signer,
                "operation": self.operation,
                "method": self.method,
                "route": self.route,
                "service": self.service,
                "targets": dict(self.targets),
                "reason": self.reason,
                "correlation_id": self.correlation_id,
            },
        ).save()

    def concern(self, user_id: str) -> None:
        """An athlete whom it turns out to be about."""
        person = pseudonyms.of(pseudonyms.Of.ATHLETE, user_id)
        if person not in self._concerned:
            self._concerned.append(person)

    def end(self, status: int, outcome: str | None) -> None:
        AuditItem(*self.key).update(
            [
                AuditItem.status.set(status),
                *([AuditItem.outcome.set(outcome)] if outcome else []),
                *self._of_people(),
            ]
        )

    def testify(self, transaction: Transaction, user_id: str | None, seen: list[tuple[Place[Any], Any, Any]]) -> None:
        """What is about to be written, in the same transaction."""
        if user_id is not None:
            self.concern(user_id)
        told = list(_told(seen))
        actions = [AuditItem.changes.set(AuditItem.changes.append(told)), *self._of_people()]
        if len(transaction) < MOST_WRITES:
            transaction.update(AuditItem(*self.key), actions)
        else:
            AuditItem(*self.key).update(actions)

    def _of_people(self) -> list[Any]:
        if not self._concerned:
            return []
        return [AuditItem.concerns.set(self._concerned), AuditItem.gsi2pk.set(self.about)]


def current() -> Call | None:
    """The call that is being served, if it is an admin's."""
    found = WITNESS.get()
    return found if isinstance(found, Call) else None


def concerns(user_id: str) -> None:
    """A use case found out whom the admin's call is about."""
    if (call := current()) is not None:
        call.concern(user_id)


def enter(call: Call) -> None:
    call.begin()
    WITNESS.set(call)


def leave(call: Call, status: int, outcome: str | None) -> None:
    """What was done is done, and is in the item: an end that cannot be written down keeps no answer back."""
    WITNESS.set(None)
    try:
        call.end(status, outcome)
    except PynamoDBException:
        logger.exception("the end of an admin's call was not written down")
        count("AuditNotEnded")


def targets_of(path: Mapping[str, str], body: Any) -> dict[str, str]:
    """What a path and a body name. An address in the place of something else is still somebody's."""
    named = dict(path)
    if isinstance(body, dict):
        named |= {name: value for name in sorted(PEOPLE) if isinstance(value := body.get(name), str)}
    return {name: _person(value) if name in PEOPLE or "@" in value else value for name, value in named.items()}


def _person(named: str) -> str:
    kind = pseudonyms.Of.ADDRESS if "@" in named else pseudonyms.Of.ATHLETE
    return pseudonyms.of(kind, named.strip().lower())


def reason_of(header: str | None) -> str | None:
    """Whom it names by an address or by our id is a hash here as well."""
    said = "".join(one for one in unquote(header or "") if one.isprintable()).strip()
    return SOMEBODY.sub(lambda found: _person(found[0]), said[: 2 * MAX_REASON])[:MAX_REASON] or None


# --- what changed ---------------------------------------------------------------------------------------------------


def _told(seen: list[tuple[Place[Any], Any, Any]]) -> Iterator[str]:
    left = MOST_CHARACTERS
    for number, (place, old, new) in enumerate(seen):
        one = json.dumps(difference(place, old, new), ensure_ascii=False)
        left -= len(one)
        if left < 0:
            yield json.dumps({"and_more": len(seen) - number})
            return
        yield one


def difference(place: Place[Any], old: Any, new: Any) -> dict[str, Any]:
    """Of one record: its kind, and each field that is another, with what may be shown of it before and after."""
    records = place.records
    kind = records.kind if isinstance(records.kind, str) else records.model.__name__.lower()
    is_person = bool(PEOPLE & {name for template in (records.pk, records.sk) for name in _names(template)}) or any(
        hasattr(value, "user_id") for value in (old, new) if value is not None
    )
    before, after = dict(_fields(old)), dict(_fields(new))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {
        "kind": kind,
        "did": _did(old, new),
        "fields": {
            name: HIDDEN if is_person else [_value(name, before.get(name)), _value(name, after.get(name))]
            for name in changed
        },
    }


def _did(old: Any, new: Any) -> str:
    if new is None:
        return "counted or removed" if old is None else "removed"
    return "written" if old is None else "changed"


def _names(template: str) -> list[str]:
    return [part.partition("}")[0].partition(":")[0].partition(".")[0] for part in template.split("{")[1:]]


def _fields(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Of a model and the models in it: `budget.total`."""
    for name in _members(value):
        yield from _parts(prefix + name, getattr(value, name))


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if _members(value):
        yield from _fields(value, f"{name}.")
    elif name in BY_NAME and isinstance(value, Mapping):
        for key, one in value.items():
            yield from _parts(f"{name}.{key}", one)
    else:
        yield name, value


def _members(value: Any) -> list[str]:
    if isinstance(value, BaseModel):
        return list(type(value).model_fields)
    return [one.name for one in fields(value)] if is_dataclass(value) else []


def _value(name: str, value: Any) -> Any:
    """What may be shown: everything else is an ellipsis."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, SHOWN):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(name, one) for one in value]
    if isinstance(value, str) and (name.rpartition(".")[2] in HARMLESS or name.partition(".")[0] in BY_NAME):
        return value
    return HIDDEN


# --- keys ---------------------------------------------------------------------------------------------------------


def day_key(day: date) -> str:
    return f"DAY#{day.isoformat()}"


def signer_key(signer: str) -> str:
    return f"WHO#{signer}"


def about_person(person: str) -> str:
    return f"ABOUT#{person}"


def about_thing(name: str, value: str) -> str:
    return f"ABOUT#{name}={value}"


def about_user(user_id: str) -> str:
    return about_person(pseudonyms.of(pseudonyms.Of.ATHLETE, user_id.strip().lower()))
