"""The store in memory against moto: the same requests, the same answers, the same refusals."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from tests.kit.memory import Memory
from tests.kit.services import create_table, service_environment
from tests.kit.size import sized

Request = tuple[str, dict[str, Any]]
TABLE = "stadion-compared"

PK, SK = st.sampled_from(["A", "B"]), st.sampled_from(["W#1", "W#10", "W#2", "X", "é"])
KEYS = st.builds(lambda pk, sk: {"pk": {"S": pk}, "sk": {"S": sk}}, PK, SK)
NUMBERS = st.integers(-3, 12).map(lambda number: {"N": str(number)})
TEXTS = st.sampled_from(["", "a", "ab", "b"]).map(lambda text: {"S": text})
ATTRIBUTES = st.fixed_dictionaries({}, optional={"revision": NUMBERS, "kind": TEXTS, "used": NUMBERS})
CONDITIONS = st.sampled_from(
    [
        "attribute_not_exists (#pk)",
        "attribute_exists (#pk)",
        "#revision = :number",
        "#revision <> :number",
        "(#revision < :number OR attribute_not_exists (#revision))",
        "(#revision BETWEEN :low AND :number AND NOT #kind = :text)",
        "begins_with (#kind, :text)",
        "#kind IN (:text, :other)",
        "contains (#kind, :text)",
        "attribute_type (#kind, :type)",
    ]
)
POSSIBLE = [
    "SET #kind = :text",
    "SET #used = if_not_exists(#used, :low) + :number",
    "SET #revision = :number REMOVE #kind",
    "ADD #used :number",
    "REMOVE #used, #revision",
]
UPDATES = st.sampled_from(
    [*POSSIBLE, "SET #used = #used - :number", "SET #used = #kind + :number", "ADD #kind :number"]
)
UPDATES_IN_TRANSACTIONS = st.sampled_from(POSSIBLE)
"""moto refuses the request where DynamoDB cancels the transaction for an update that cannot be."""
NAMES = {name: name for name in ("pk", "sk", "kind", "revision", "used", "gsi1pk", "gsi1sk")}


@st.composite
def expressions(draw: st.DrawFn, **texts: st.SearchStrategy[str]) -> dict[str, Any]:
    """With exactly the placeholders that they use, as DynamoDB demands."""
    drawn = {name: draw(strategy) for name, strategy in texts.items()}
    values = {
        ":number": draw(NUMBERS),
        ":low": {"N": "0"},
        ":text": draw(st.sampled_from([{"S": "a"}, {"S": "b"}])),
        ":other": {"S": "ab"},
        ":type": {"S": "S"},
        ":pk": draw(PK.map(lambda pk: {"S": pk})),
        ":prefix": draw(st.sampled_from([{"S": "W#"}, {"S": "W#1"}, {"S": "é"}])),
        ":from": {"S": "W#1"},
        ":to": draw(st.sampled_from([{"S": "W#2"}, {"S": "Z"}])),
        ":index": draw(PK.map(lambda pk: {"S": f"I{pk}"})),
    }
    words = " ".join(drawn.values()).replace("(", " ").replace(")", " ").replace(",", " ").split()
    used = {word for word in words if word.startswith((":", "#"))}
    names = {f"#{name}": name for name in NAMES if f"#{name}" in used}
    found: dict[str, Any] = dict(drawn)
    if names:
        found["ExpressionAttributeNames"] = names
    if chosen := {name: value for name, value in values.items() if name in used}:
        found["ExpressionAttributeValues"] = chosen
    return found


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """Of two items of an index partition none has the same place: DynamoDB gives ties no order."""
    key, more = draw(KEYS), draw(ATTRIBUTES)
    place = {"gsi1pk": {"S": f"I{key['pk']['S']}"}, "gsi1sk": {"S": f"{draw(TEXTS)['S']}#{key['sk']['S']}"}}
    return {**key, **more, **(place if draw(st.booleans()) else {})}


RETURNED = st.sampled_from([{}, {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}])
GUARDED = st.one_of(st.just({}), expressions(ConditionExpression=CONDITIONS))


def one_write(kind: str, updates: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    named = items().map(lambda item: {"Item": item}) if kind == "Put" else KEYS.map(lambda key: {"Key": key})
    guards = {
        "ConditionCheck": expressions(ConditionExpression=CONDITIONS),
        "Update": expressions(UpdateExpression=updates)
        | expressions(UpdateExpression=updates, ConditionExpression=CONDITIONS),
    }.get(kind, GUARDED)
    return st.builds(lambda *parts: {"TableName": TABLE, **parts[0], **parts[1], **parts[2]}, named, guards, RETURNED)


SINGLE = st.one_of(
    *(st.tuples(st.just(f"{kind}Item"), one_write(kind, UPDATES)) for kind in ("Put", "Update", "Delete")),
)
TRANSACTIONS = st.lists(
    st.sampled_from(["ConditionCheck", "Put", "Update", "Delete"]).flatmap(
        lambda kind: one_write(kind, UPDATES_IN_TRANSACTIONS).map(lambda write: {kind: write})
    ),
    min_size=1,
    max_size=4,
).map(lambda writes: ("TransactWriteItems", {"TransactItems": writes}))


def written_key(write: dict[str, Any]) -> tuple[str, str]:
    named = write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
    return named["pk"]["S"], named["sk"]["S"]


BATCHES = st.lists(
    items().map(lambda item: {"PutRequest": {"Item": item}}) | KEYS.map(lambda key: {"DeleteRequest": {"Key": key}}),
    min_size=1,
    max_size=4,
    unique_by=written_key,  # moto lets two writes of one item pass
).map(lambda writes: ("BatchWriteItem", {"RequestItems": {TABLE: writes}}))
READS = st.one_of(
    KEYS.map(lambda key: ("GetItem", {"TableName": TABLE, "Key": key, "ConsistentRead": True})),
    st.lists(KEYS, min_size=1, max_size=5).map(
        lambda keys: ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": keys}}})
    ),
)
RANGES = st.sampled_from(
    [
        "#pk = :pk",
        "(#pk = :pk AND begins_with (#sk, :prefix))",
        "(#pk = :pk AND #sk BETWEEN :from AND :to)",
        "(#pk = :pk AND #sk > :from)",
        "(#pk = :pk AND #sk <= :to)",
    ]
)
INDEX_RANGES = st.sampled_from(
    ["#gsi1pk = :index", "(#gsi1pk = :index AND begins_with (#gsi1sk, :text))", "(#gsi1pk = :index AND #gsi1sk < :to)"]
)
FILTERS = st.sampled_from(["#revision > :low", "attribute_exists (#kind)", "#kind = :text"])
PAGING = st.fixed_dictionaries({}, optional={"Limit": st.integers(1, 3), "ScanIndexForward": st.booleans()})


def query(ranges: st.SearchStrategy[str], more: dict[str, Any]) -> st.SearchStrategy[Request]:
    asked = expressions(KeyConditionExpression=ranges) | expressions(
        KeyConditionExpression=ranges, FilterExpression=FILTERS
    )
    return st.builds(lambda words, paging: ("Query", {"TableName": TABLE, **more, **words, **paging}), asked, PAGING)


QUERIES = query(RANGES, {}) | query(RANGES, {"ConsistentRead": True}) | query(INDEX_RANGES, {"IndexName": "gsi1"})
REQUESTS = st.lists(SINGLE | TRANSACTIONS | BATCHES | READS | QUERIES, min_size=1, max_size=25)


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        service_environment(patch)
        create_table(TABLE)
        yield boto3.client("dynamodb")


def emptied(client: Any) -> Any:
    for item in client.scan(TableName=TABLE)["Items"]:
        client.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
    return client


def answer(call: Any, operation: str, request: dict[str, Any]) -> Any:
    """What matters of an answer or a refusal; queries are followed to their last page."""
    try:
        if operation == "Query":
            return pages(call, request)
        found = call(operation, request)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        return (
            error.response["Error"]["Code"],
            [(reason["Code"], reason.get("Item")) for reason in reasons],
            error.response.get("Item"),
        )
    if operation == "BatchGetItem":
        return sorted(found["Responses"][TABLE], key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
    return found.get("Item") or found.get("Attributes")


def pages(call: Any, request: dict[str, Any]) -> list[list[dict[str, Any]]]:
    found, cursor = [], {}
    while cursor is not None:
        page = call("Query", {**request, **cursor})
        found.append(page["Items"])
        last = page.get("LastEvaluatedKey")
        cursor = {"ExclusiveStartKey": last} if last else None
    while len(found) > 1 and not found[-1]:  # DynamoDB tells of a next page at the limit, moto only if there is one
        found.pop()
    return found


@given(requests=REQUESTS)
@settings(
    max_examples=sized(small=24, large=300),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking on moto takes minutes
    suppress_health_check=list(HealthCheck),
)
def test_any_sequence_of_requests_is_answered_as_moto_answers_it(moto: Any, requests: list[Request]) -> None:
    store, client = Memory(), emptied(moto)
    for operation, request in requests:
        in_memory = answer(store.call, operation, request)

        on_moto = answer(client._make_api_call, operation, request)

        assert in_memory == on_moto, (operation, request)
    assert sorted(map(repr, store.items())) == sorted(map(repr, client.scan(TableName=TABLE)["Items"]))
