"""A mended query answers as the unmended one does, over any items, however they came, and any question."""

import asyncio
import base64
import copy
import importlib.util
import json
import sys
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ministack.services import dynamodb

from local.patches import dynamodb as patch
from tests.kit.size import sized

Step = dict[str, Any]
Attribute = dict[str, Any]

TABLE = "diary"
EXPIRES = "expires"
NOW_S = 4_000_000_000
"""Of the sweep that a test asks for: far from the real one, which would take what it likes."""
KEY_TYPES = {"by_text": "S", "by_number": "N", "by_bytes": "B"}


@dataclass
class Emulated:
    """One DynamoDB, spoken to as over HTTP."""

    module: types.ModuleType

    def ask(self, operation: str, **request: Any) -> tuple[int, Any]:
        headers, body = {"x-amz-target": f"DynamoDB_20120810.{operation}"}, json.dumps(request).encode()
        status, _, answer = asyncio.run(self.module.handle_request("POST", "/", headers, body, {}))
        return status, json.loads(answer)

    def begin(self, sort_type: str) -> None:
        self.module._tables._data.clear()
        self.module._ttl_settings._data.clear()
        self.create(sort_type)
        self.ask(
            "UpdateTimeToLive",
            TableName=TABLE,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES},
        )

    def create(self, sort_type: str) -> tuple[int, Any]:
        return self.ask(
            "CreateTable",
            TableName=TABLE,
            KeySchema=_schema("pk", "sk"),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in {"pk": "S", "sk": sort_type, "group": "S", **KEY_TYPES}.items()
            ],
            GlobalSecondaryIndexes=[
                _index("all", "group", "by_number", "ALL"),
                _index("keys", "group", "by_text", "KEYS_ONLY"),
                _index("unsorted", "group", None, "ALL"),
            ],
            LocalSecondaryIndexes=[_index("local", "pk", "by_bytes", "ALL")],
            BillingMode="PAY_PER_REQUEST",
        )

    def expire(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One turn of the sweep; the emulator's own, which comes each minute, finds nothing to do."""

        class SweptError(Exception):
            pass

        turns, us = iter([None]), threading.get_ident()

        def sleep(seconds: float) -> None:
            if threading.get_ident() != us:
                time.sleep(seconds)
            elif next(turns, SweptError) is SweptError:
                raise SweptError

        def now() -> float:
            return NOW_S if threading.get_ident() == us else 0.0

        with monkeypatch.context() as patch:
            patch.setattr(self.module, "time", types.SimpleNamespace(sleep=sleep, time=now))
            with pytest.raises(SweptError):
                self.module._ttl_reaper()

    def restart(self) -> None:
        state = copy.deepcopy(self.module.get_state())
        self.module._tables._data.clear()
        self.module.load_persisted_state(state)


def _schema(hash_name: str, range_name: str | None) -> list[dict[str, str]]:
    names = [(hash_name, "HASH"), (range_name, "RANGE")]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in names if name]


def _index(name: str, hash_name: str, range_name: str | None, projected: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": _schema(hash_name, range_name),
        "Projection": {"ProjectionType": projected},
    }


@dataclass
class Pair:
    """The same requests to both."""

    mended: Emulated
    unmended: Emulated
    monkeypatch: pytest.MonkeyPatch
    sort_type: str = "S"
    queries: int = field(default=0)

    def begin(self, sort_type: str) -> None:
        self.sort_type = sort_type
        for emulated in (self.mended, self.unmended):
            emulated.begin(sort_type)

    def same(self, operation: str, **request: Any) -> Any:
        (status, answer), (status_before, answer_before) = (
            emulated.ask(operation, **copy.deepcopy(request)) for emulated in (self.mended, self.unmended)
        )
        if operation in {"Query", "Scan"}:
            assert answer == answer_before
        assert status == status_before
        return answer

    def do(self, step: Step) -> None:
        match step:
            case {"expire": _}:
                for emulated in (self.mended, self.unmended):
                    emulated.expire(self.monkeypatch)
            case {"restart": _}:
                for emulated in (self.mended, self.unmended):
                    emulated.restart()
            case {"again": _}:
                self.same("DeleteTable", TableName=TABLE)
                for emulated in (self.mended, self.unmended):
                    emulated.create(self.sort_type)
            case {"query": query}:
                self.pages_of(query)
            case {"request": operation, **request}:
                self.same(operation, **request)

    def pages_of(self, query: dict[str, Any]) -> None:
        """All its pages, one after the other."""
        request = {"TableName": TABLE, "ReturnConsumedCapacity": "INDEXES", **query}
        for _ in range(40):
            answer = self.same("Query", **request)
            self.queries += 1
            if "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        unmended = _copy_of(dynamodb)
        before = vars(dynamodb).copy()
        patch.apply()
        yield Pair(Emulated(dynamodb), Emulated(unmended), monkeypatch)
        vars(dynamodb).update(before)


def _copy_of(module: types.ModuleType) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("unmended_dynamodb", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    copied = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = copied
    spec.loader.exec_module(copied)
    return copied


# --- items and questions --------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["a", "ab", "abc", "b", "é", "z", "ｚ", "\U0001f3c3", "2026-01", "2026-01-31"])
# As DynamoDB writes them: MiniStack keeps an updated "1e3" and a put "1000" apart.
NUMBERS = st.sampled_from(["0", "1", "2", "10", "-3", "1.5", "1000", "100", "0.001"])
BINARIES = st.sampled_from([b"\x00", b"\x01", b"\x01\x02", b"\x7f", b"\xff", b"\xff\x00"])


def of_type(kind: str) -> st.SearchStrategy[Attribute]:
    if kind == "B":
        return BINARIES.map(lambda value: {"B": base64.b64encode(value).decode()})
    return (TEXTS if kind == "S" else NUMBERS).map(lambda value: {kind: value})


PARTITIONS = st.sampled_from(["p", "q"]).map(lambda value: {"S": value})


def keys(sort_type: str) -> st.SearchStrategy[dict[str, Attribute]]:
    return st.fixed_dictionaries({"pk": PARTITIONS, "sk": of_type(sort_type)})


def items(sort_type: str) -> st.SearchStrategy[dict[str, Attribute]]:
    optional = {name: of_type(kind) for name, kind in KEY_TYPES.items()}
    more = {
        "group": PARTITIONS,
        "late": of_type("S") | of_type("N"),
        EXPIRES: st.sampled_from([{"N": f"{NOW_S - 1}"}, {"N": f"{NOW_S + 1}"}]),
    }
    return st.fixed_dictionaries(
        {"pk": PARTITIONS, "sk": of_type(sort_type)}, optional={**optional, **more, "km": of_type("N")}
    )


def writes(sort_type: str) -> st.SearchStrategy[Step]:
    key, item = keys(sort_type), items(sort_type)
    put, gone = item.map(lambda value: {"Item": value}), key.map(lambda value: {"Key": value})
    change = st.builds(_update, key, st.sampled_from(["group", "by_text", "km"]), PARTITIONS | of_type("N"))
    removal = st.builds(_removal, key, st.sampled_from(["group", "by_number", "by_bytes", "km"]))
    member = st.one_of(
        put.map(lambda value: {"Put": value}),
        gone.map(lambda value: {"Delete": value}),
        change.map(lambda value: {"Update": value}),
        put.map(lambda value: {"Put": {**value, "ConditionExpression": "attribute_not_exists(pk)"}}),
    )
    batch = st.one_of(put.map(lambda v: {"PutRequest": v}), gone.map(lambda v: {"DeleteRequest": v}))
    return st.one_of(
        put.map(lambda value: _request("PutItem", **value)),
        gone.map(lambda value: _request("DeleteItem", **value)),
        change.map(lambda value: _request("UpdateItem", **value)),
        removal.map(lambda value: _request("UpdateItem", **value)),
        st.lists(batch, min_size=1, max_size=6).map(
            lambda members: {"request": "BatchWriteItem", "RequestItems": {TABLE: members}}
        ),
        st.lists(member, min_size=1, max_size=4).map(
            lambda members: {
                "request": "TransactWriteItems",
                "TransactItems": [{kind: {"TableName": TABLE, **m}} for one in members for kind, m in one.items()],
            }
        ),
        statements(sort_type).map(lambda statement: {"request": "ExecuteStatement", **statement}),
        st.lists(statements(sort_type), min_size=1, max_size=3).map(
            lambda several: {"request": "ExecuteTransaction", "TransactStatements": several}
        ),
        st.lists(statements(sort_type), min_size=1, max_size=3).map(
            lambda several: {"request": "BatchExecuteStatement", "Statements": several}
        ),
    )


def statements(sort_type: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(
            lambda item: {
                "Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'sk': ?, 'group': ?}}",
                "Parameters": [item["pk"], item["sk"], item.get("group", {"S": "p"})],
            },
            items(sort_type),
        ),
        st.builds(
            lambda key, value: {
                "Statement": f'UPDATE "{TABLE}" SET by_number=? WHERE pk=? AND sk=?',
                "Parameters": [value, key["pk"], key["sk"]],
            },
            keys(sort_type),
            of_type("N"),
        ),
        st.builds(
            lambda key: {
                "Statement": f'DELETE FROM "{TABLE}" WHERE pk=? AND sk=?',
                "Parameters": [key["pk"], key["sk"]],
            },
            keys(sort_type),
        ),
    )


def _request(operation: str, **more: Any) -> Step:
    return {"request": operation, "TableName": TABLE, **more}


def _update(key: dict[str, Attribute], name: str, value: Attribute) -> dict[str, Any]:
    return {
        "Key": key,
        "UpdateExpression": "SET #n = :v",
        "ExpressionAttributeNames": {"#n": name},
        "ExpressionAttributeValues": {":v": value},
    }


def _removal(key: dict[str, Attribute], name: str) -> dict[str, Any]:
    return {"Key": key, "UpdateExpression": "REMOVE #n", "ExpressionAttributeNames": {"#n": name}}


INDEXES = {
    None: ("pk", "sk"),
    "all": ("group", "by_number"),
    "keys": ("group", "by_text"),
    "unsorted": ("group", None),
    "local": ("pk", "by_bytes"),
    "late": ("late", "by_text"),
}
RANGES = (
    "",
    " AND #s = :a",
    " AND #s < :a",
    " AND #s <= :a",
    " AND #s > :a",
    " AND #s >= :a",
    " AND #s BETWEEN :a AND :b",
    " AND begins_with(#s, :a)",
    " AND (#s >= :a)",
    " and #s between :a and :b",
    " AND :a < #s",
    " AND NOT #s = :a",
    " AND #s = :a AND #s < :b",
    " OR #s = :a",
)
FILTERS = (None, "attribute_exists(km)", "km > :f", "km = :f OR #p = :p", "size(#p) > :f", "begins_with(km, :f)", "(km")
ORDER = {"EQ": 1, "LT": 1, "LE": 1, "GT": 1, "GE": 1, "BEGINS_WITH": 1, "BETWEEN": 2}


@st.composite
def queries(draw: st.DrawFn, sort_type: str) -> Step:
    index = draw(st.sampled_from(list(INDEXES)))
    hash_name, range_name = INDEXES[index]
    kind = {"sk": sort_type, **KEY_TYPES}.get(range_name or "", "S")
    usual = of_type(kind)
    operand = st.one_of(usual, usual, usual, usual, of_type(draw(st.sampled_from("SNB"))))
    low, high = draw(operand), draw(operand)
    query: dict[str, Any] = {
        "ScanIndexForward": draw(st.booleans()),
        **({"IndexName": index} if index else {}),
        **draw(st.fixed_dictionaries({}, optional={"Limit": st.integers(1, 5), "Select": st.just("COUNT")})),
    }
    partition = draw(PARTITIONS)
    if draw(st.integers(0, 9)) == 0:
        conditions = {hash_name: {"ComparisonOperator": "EQ", "AttributeValueList": [partition]}}
        if range_name and draw(st.booleans()):
            operator = draw(st.sampled_from(list(ORDER)))
            values = [low, high][: ORDER[operator]]
            conditions[range_name] = {"ComparisonOperator": operator, "AttributeValueList": values}
        return {"query": {**query, "KeyConditions": conditions}}
    chosen = draw(st.sampled_from(RANGES)) if range_name else ""
    condition, filtering = f"#p = :p{chosen}", draw(st.sampled_from(FILTERS))
    if chosen and draw(st.booleans()):
        condition = f"({condition})"
    names, values_used = {"#p": hash_name}, {":p": partition}
    if "#s" in chosen:
        names["#s"] = range_name or ""
        values_used[":a"] = low
    if ":b" in chosen:
        values_used[":b"] = high
    if filtering:
        query["FilterExpression"] = filtering
        if ":f" in filtering:
            values_used[":f"] = draw(of_type("N"))
    if draw(st.integers(0, 5)) == 0:
        query["ExclusiveStartKey"] = draw(items(sort_type))
    query |= {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values_used,
    }
    return {"query": query}


def index_changes() -> st.SearchStrategy[Step]:
    """An index over an attribute that live items have, of either type."""
    made = {"Create": _index("late", "late", "by_text", "ALL")}
    defined = [{"AttributeName": name, "AttributeType": "S"} for name in ("late", "by_text")]
    return st.sampled_from(
        [
            _request("UpdateTable", AttributeDefinitions=defined, GlobalSecondaryIndexUpdates=[made]),
            _request("UpdateTable", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "late"}}]),
        ]
    )


def histories(sort_type: str) -> st.SearchStrategy[list[Step]]:
    rare = st.one_of(index_changes(), st.sampled_from([{"expire": 1}, {"restart": 1}, {"again": 1}]))
    write, query = writes(sort_type), queries(sort_type)
    put = items(sort_type).map(lambda item: _request("PutItem", Item=item))
    step = st.one_of(put, write, write, query, query, query, rare)
    return st.builds(list.__add__, st.lists(put, max_size=15), st.lists(step, max_size=25))


# --- the proof ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort_type", ["S", "N", "B"])
@settings(
    max_examples=sized(small=24, large=300),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_every_page_of_every_query_is_as_without_the_mend(pair: Pair, sort_type: str, data: st.DataObject) -> None:
    pair.begin(sort_type)

    for step in data.draw(histories(sort_type)):
        pair.do(step)

    for index, (hash_name, _) in INDEXES.items():
        for value in ("p", "q"):
            query = {"KeyConditionExpression": "#p = :p", "ExpressionAttributeNames": {"#p": hash_name}}
            named = {"IndexName": index} if index else {}
            pair.pages_of({**query, **named, "ExpressionAttributeValues": {":p": {"S": value}}})


# --- cases that chance would seldom find ----------------------------------------------------------------------------


def entry(number: int, **more: Attribute) -> dict[str, Attribute]:
    return {"pk": {"S": "p"}, "sk": {"S": f"{number:05}"}, "group": {"S": "g"}, "by_number": {"N": str(number)}, **more}


def asks(hash_name: str, value: str, **more: Any) -> dict[str, Any]:
    values = {":p": {"S": value}, **more.pop("values", {})}
    condition = "#p = :p" + more.pop("condition", "")
    names = {"#p": hash_name}
    return {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        **more,
    }


EVERYWHERE = (asks("pk", "p"), asks("group", "g", IndexName="all"), asks("group", "g", IndexName="unsorted"))


def filled(pair: Pair, count: int, **more: Attribute) -> None:
    pair.begin("S")
    for number in range(count):
        pair.same("PutItem", TableName=TABLE, Item=entry(number, **more))


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("query", EVERYWHERE, ids=["table", "index", "index without order"])
def test_pages_end_at_a_megabyte(pair: Pair, query: dict[str, Any], forward: bool) -> None:
    filled(pair, 7, large={"S": "x" * 300_000})

    before = pair.queries
    pair.pages_of({**query, "ScanIndexForward": forward})

    assert pair.queries - before == 3


def test_a_page_reads_its_items_and_no_others(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(pair, 400)
    for query in EVERYWHERE:
        pair.pages_of(query)  # sorts the collections
    read: list[patch.Keys] = []
    straight = patch.Reading._item
    monkeypatch.setattr(patch.Reading, "_item", lambda self, at: (read.append(at.keys), straight(self, at))[1])

    for query in EVERYWHERE:
        newest = {"TableName": TABLE, "Limit": 20, "ScanIndexForward": False, **query}
        answer = pair.same("Query", **newest)
        pair.same("Query", ExclusiveStartKey=answer["LastEvaluatedKey"], **newest)

    assert len(read) == len(EVERYWHERE) * 2 * (20 + 1)  # one more says whether the expression is right


def test_a_write_moves_an_item_and_sorts_nothing_anew(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(pair, 400)
    for query in EVERYWHERE:
        pair.pages_of(query)
    ordered: list[Any] = []
    straight = patch.Layout.order_of
    monkeypatch.setattr(patch.Layout, "order_of", lambda self, item: (ordered.append(item), straight(self, item))[1])

    pair.same("PutItem", TableName=TABLE, Item=entry(7, by_number={"N": "1000"}))
    for query in EVERYWHERE:
        pair.same("Query", TableName=TABLE, Limit=5, ScanIndexForward=False, **query)

    assert len(ordered) == 2 * len(EVERYWHERE)  # out of its place and into another


@pytest.mark.parametrize("how", ["backup", "point in time"])
def test_a_restored_table_answers_from_its_own_items(pair: Pair, how: str) -> None:
    filled(pair, 5)
    for query in EVERYWHERE:
        pair.pages_of(query)
    if how == "backup":
        for emulated in (pair.mended, pair.unmended):
            _, made = emulated.ask("CreateBackup", TableName=TABLE, BackupName="before")
            arn = made["BackupDetails"]["BackupArn"]
            assert emulated.ask("RestoreTableFromBackup", TargetTableName="restored", BackupArn=arn)[0] == 200
    else:
        pair.same(
            "UpdateContinuousBackups",
            TableName=TABLE,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        names = {"SourceTableName": TABLE, "TargetTableName": "restored", "UseLatestRestorableTime": True}
        pair.same("RestoreTableToPointInTime", **names)

    pair.same("PutItem", TableName=TABLE, Item=entry(9))
    pair.same("DeleteItem", TableName="restored", Key={"pk": {"S": "p"}, "sk": {"S": "00002"}})

    for table, count in ((TABLE, 6), ("restored", 4)):
        answers = [pair.same("Query", TableName=table, **query) for query in EVERYWHERE]
        assert [answer["Count"] for answer in answers] == [count] * len(EVERYWHERE)


def test_a_transaction_that_is_rolled_back_leaves_every_query_as_it_was(pair: Pair) -> None:
    filled(pair, 5)
    before = [pair.same("Query", TableName=TABLE, **query) for query in EVERYWHERE]
    insert = f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'p', 'sk': ?, 'group': 'g', 'by_number': 7}}"
    statements = [{"Statement": insert, "Parameters": [{"S": sort}]} for sort in ("00009", "00001")]

    answer = pair.same("ExecuteTransaction", TransactStatements=statements)

    assert "CancellationReasons" in answer
    assert [pair.same("Query", TableName=TABLE, **query) for query in EVERYWHERE] == before


def test_items_older_than_an_index_are_not_in_it_when_their_key_is_of_another_type(pair: Pair) -> None:
    pair.begin("S")
    for number, late in enumerate([{"S": "g"}, {"N": "1"}, {"S": "g"}]):
        pair.same("PutItem", TableName=TABLE, Item=entry(number, late=late, by_text={"S": "t"}))
    for step in ("g", "1"):
        pair.do({"query": asks("pk", step)})

    pair.same(
        "UpdateTable",
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("late", "by_text")],
        GlobalSecondaryIndexUpdates=[{"Create": _index("late", "late", "by_text", "ALL")}],
    )

    counts = [pair.same("Query", TableName=TABLE, IndexName="late", **asks("late", at))["Count"] for at in ("g", "1")]
    assert counts == [2, 0]


def test_what_is_wrong_with_an_expression_is_said_as_before(pair: Pair) -> None:
    filled(pair, 3)

    for condition in (
        " AND sk = :s",
        " AND sk BETWEEN :s AND :p",
        " AND (sk > :s",
        " AND size(sk) > :s",
        " AND name = :s",
    ):
        query = asks("pk", "p", condition=condition, values={":s": {"S": "00001"}})
        pair.same("Query", TableName=TABLE, **query)
    pair.same("Query", TableName=TABLE, **asks("pk", "p", FilterExpression="name = :p"))
