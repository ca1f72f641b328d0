"""Every list of the document, asked with cursors that it never gave: 400, or a page of the caller's own. DynamoDB is
asked nothing that it would refuse, whatever a cursor says."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import boto3
import pytest
from botocore.client import BaseClient

from local.contracts.services import operations, services
from local.paths import ROOT
from stadion import pagination
from tests.kit.clock import Clock
from tests.kit.functions import handler_of
from tests.kit.services import (
    ATHLETE,
    AUDIT_TABLE,
    OTHER,
    Answer,
    Context,
    Service,
    answer_of,
    create_audit,
    function_of,
    http_event,
)
from tests.promos.world import NOW, PROMO

Position = dict[str, Any]
PLATFORM: Final = "platform_"
SIGNER: Final = {"iam": {"userArn": "arn:aws:iam::000000000000:user/admin"}}
NAMED: Final[dict[str, str]] = {
    "board": "global.all.xp.week",
    "campaign_id": "winter",
    "partner_id": "store",
    "reward_code": "free_delivery",
    "run_id": "dry-1",
    "segment_name": "runners",
    "user_id": ATHLETE,
}
PLAN: Final = {
    "name": "Winter",
    "schedule": {"at": "2099-01-01T10:00"},
    "variants": [{"name": "a", "promo_id": "winter-shoes"}],
    "currency": "RUB",
}
MADE: Final[dict[str, list[tuple[str, str, Any]]]] = {
    "/v1/admin/campaigns/{campaign_id}/preview": [
        ("POST", "/v1/admin/promos", PROMO),
        ("PUT", "/v1/admin/campaigns/winter", PLAN),
    ],
    "/v1/admin/partners/{partner_id}/deliveries": [
        ("POST", "/v1/admin/partners", {"partner_id": "store", "name": "Store"})
    ],
    "/v1/admin/promos/segments/{segment_name}/count": [
        ("PUT", "/v1/admin/promos/segments/runners", {"rule": {"consent": "location"}})
    ],
}
"""Lists of something that has to be there first, and what makes it."""
FILTERS: Final = {"/v1/workouts": {"started_from": "2026-01-01T00:00:00Z", "started_to": "2026-12-31T00:00:00Z"}}
"""With a range, in which a position has to lie as well."""


@dataclass(frozen=True)
class Asked:
    """What a list makes of a cursor: its name, and where a position has to lie."""

    scope: str
    beginning: str
    partition: Mapping[str, str]

    @property
    def key(self) -> str:
        return next(iter(self.partition), "pk")


@dataclass(frozen=True)
class Listed:
    service: Service
    path: str
    asked: Asked

    def get(self, cursor: str | None = None) -> Answer:
        return get(self.service, self.path, cursor)


def lists() -> list[tuple[str, str]]:
    """Of all services: what the document gives a cursor."""
    document = json.loads((ROOT / "contracts" / "openapi.json").read_text(encoding="utf-8"))
    named = {
        path
        for path, item in document["paths"].items()
        if any(one.get("name") == "cursor" for one in item.get("get", {}).get("parameters", []))
    }
    owners = {operation.path: service for service in services() for operation in operations(service)}
    return sorted((owners[path], path) for path in named)


def the_platform(moto: pytest.MonkeyPatch) -> Service:
    """It has no table of its own: its list is of the audit."""
    moto.setattr(Service, "table", AUDIT_TABLE)
    create_audit(moto)
    return Service(PLATFORM, moto)


def get(service: Service, path: str, cursor: str | None = None, **query: str) -> Answer:
    """As whoever may ask it: the athlete, or an admin. Without the check of what the route declares."""
    asked = {**FILTERS.get(path, {}), **query, **({"cursor": cursor} if cursor is not None else {})}
    address = re.sub(r"{(\w+)}", lambda name: NAMED[name[1]], path)
    is_admins = path.startswith("/v1/admin/")
    event = http_event("GET", address, None, user=None if is_admins else ATHLETE, query=asked)
    if is_admins:
        event["requestContext"]["authorizer"] = SIGNER
    service.enter()
    return answer_of(handler_of(service.name.rstrip("_"), function_of(path))(event, Context()))


def prepare(service: Service, path: str) -> None:
    """What the list is of."""
    for request in MADE.get(path, []):
        assert service.sign(*request, if_match="*").status in {200, 201}
    if "{run_id}" in path:
        from workouts.remeasure import store
        from workouts.remeasure.domain import Run, Which

        service.enter()
        store.open_run(Run(run_id=NAMED["run_id"], which=Which(), created_at=NOW, updated_at=NOW), NOW)


def asked_of(service: Service, path: str) -> Asked:
    """What the list would compare a cursor with."""
    seen: list[Asked] = []
    straight = pagination.decode

    def noted(cursor: str | None, scope: str, *, beginning: str = "", **partition: str) -> Position | None:
        seen.append(Asked(scope, beginning, partition))
        return straight(cursor, scope, beginning=beginning, **partition)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pagination, "decode", noted)
        assert get(service, path).status == 200
    return seen[0]


def surround(service: Service, asked: Asked) -> None:
    """Items that no list can read: whoever comes upon one answers 500. Another athlete's, and beside the list's own."""
    for key, name in asked.partition.items():
        for partition, sort in ((name.replace(ATHLETE, OTHER), asked.beginning + "m"), (name, "\x01"), (name, "~")):
            if (partition, sort[: len(asked.beginning)]) != (name, asked.beginning):
                put_unreadable(service, {key: partition, pagination.SORT_KEYS[key]: sort})


def put_unreadable(service: Service, keys: Mapping[str, str]) -> None:
    item = {"pk": "ELSEWHERE", "sk": "x", **keys, "kind": "x", "body": json.dumps("unreadable")}
    boto3.client("dynamodb").put_item(
        TableName=service.table, Item={name: {"S": value} for name, value in item.items()}
    )


# --- cursors --------------------------------------------------------------------------------------------------------


def written(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def within(asked: Asked, text: str = "m") -> Position:
    """As the list itself would write it, whether or not anything is there."""
    named = {name: {"S": "USER#x"} for name in pagination.POSITIONS[asked.key]}
    own = {name: {"S": value} for name, value in asked.partition.items()}
    return {**named, **own, pagination.SORT_KEYS[asked.key]: {"S": asked.beginning + text}}


def forged(asked: Asked) -> Iterator[Any]:
    """Of another name, of another shape, of another place, and what is no cursor."""
    good = within(asked)
    sort = pagination.SORT_KEYS[asked.key]
    yield from ([asked.scope], [asked.scope, good, good], {asked.scope: good, "b": 1}, asked.scope, 5, None, [], "ab")
    yield from (["0" * 12, good], [None, good], [[asked.scope], good], [asked.scope.upper() + "x", good])
    strange = {"colour": {"S": "red"}}
    positions: tuple[Any, ...] = (None, [], "x", 5, {}, {"before": {}}, strange, {**good, **strange})
    for position in positions:
        yield [asked.scope, position]
    for value in (None, "m", {"N": "1"}, {"S": ""}, {"S": 5}, {"S": "m", "N": "1"}, {"S": "m" * 1025}, {"S": "\ud800"}):
        yield from ([asked.scope, {**good, name: value}] for name in good)
    for name in good:
        yield [asked.scope, {other: value for other, value in good.items() if other != name}]
    for name, value in asked.partition.items():
        foreign = (value.replace(ATHLETE, OTHER), "x", f"{value}#")
        yield from ([asked.scope, {**good, name: {"S": other}}] for other in foreign if other != value)
    if asked.partition and asked.beginning:
        yield from ([asked.scope, {**good, sort: {"S": other}}] for other in ("\x01", "~", asked.beginning[:-1]))


NO_TEXTS: Final = ("", "=", "%", "A", "AAAA", "....", "\u00e9", "bnVsbA", "W10", "[" * 1500, "W" * 2000, "\x00")
"""What is no JSON in base64."""


@contextmanager
def lawful_queries() -> Iterator[list[Position]]:
    """Positions with which DynamoDB was asked; one that it would refuse (moto takes them) fails the test."""
    positions: list[Position] = []
    straight: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if position := arguments.get("ExclusiveStartKey"):
            positions.append(position)
            assert set(position) == key_names(arguments.get("IndexName")), position
            assert all(value.keys() == {"S"} and value["S"] for value in position.values()), position
        return straight(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", called)
        yield positions


def key_names(index: str | None) -> set[str]:
    return {"pk", "sk"} | ({f"{index}pk", f"{index}sk"} if index else set())


# --- tests ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def now(standing_clock: Clock) -> None:
    standing_clock.set(NOW)


@pytest.fixture
def listed(request: pytest.FixtureRequest, moto: pytest.MonkeyPatch, service: str, path: str) -> Listed:
    """The list, of nothing yet; around it lies what nobody could read, in other lists and with another athlete."""
    made = the_platform(moto) if service == PLATFORM else request.getfixturevalue(service)
    prepare(made, path)
    asked = asked_of(made, path)
    surround(made, asked)
    return Listed(made, path, asked)


EVERY: Final = lists()
each_list = pytest.mark.parametrize(("service", "path"), EVERY, ids=[path for _, path in EVERY])


def test_the_document_has_these_lists() -> None:
    """A new one is attacked as well; that none is lost is seen here."""
    assert len(EVERY) == 22


@each_list
def test_a_forged_cursor_is_refused_or_leads_to_ones_own(listed: Listed) -> None:
    with lawful_queries():
        answers = [(said, listed.get(written(said))) for said in forged(listed.asked)]
        answers += [(text, listed.get(text)) for text in NO_TEXTS]

    assert len(answers) > 40
    for said, answer in answers:
        assert answer.status in {200, 400}, (said, answer.body)
        assert (answer.status == 400) == (answer.body.get("code") == "cursor_is_invalid"), (said, answer.body)
        assert not answer.body.get("items"), (said, answer.body)


@each_list
def test_a_cursor_of_its_own_shape_reads_nothing_but_its_own(listed: Listed) -> None:
    """As anybody can write it who knows how: a list tells its name with its first cursor."""
    with lawful_queries() as positions:
        answer = listed.get(written([listed.asked.scope, within(listed.asked)]))

    assert answer.status in {200, 400}, answer.body  # 400 for a range that it lies out of
    assert len(positions) <= 1
    assert not answer.body.get("items")


@each_list
def test_the_name_of_another_list_or_athlete_is_not_taken(listed: Listed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The position is the list's own; who asks, or for what, is another."""
    cursor = written([listed.asked.scope, within(listed.asked)])
    if listed.path.startswith("/v1/admin/"):
        monkeypatch.setitem(NAMED, "user_id", OTHER)
        expected = {400} if "{user_id}" in listed.path else {200, 400}
    else:
        monkeypatch.setattr(f"{__name__}.ATHLETE", OTHER)
        expected = {400}

    assert listed.get(cursor).status in expected
