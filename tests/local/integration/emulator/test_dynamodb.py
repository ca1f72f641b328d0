"""DynamoDB: what transactions, conditions and capacities answer, and that items expire."""

import pytest
from botocore.exceptions import ClientError

from tests.local.integration.emulator.workshop import Workshop


def test_a_failed_transaction_tells_which_condition_and_the_old_item(workshop: Workshop) -> None:
    table = workshop.table()
    workshop.put(table, "USER#1", "GEAR#1", nickname="old shoes")
    put = {"TableName": table, "Item": {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}}
    update = {
        "TableName": table,
        "Key": {"pk": {"S": "USER#1"}, "sk": {"S": "GEAR#1"}},
        "UpdateExpression": "SET nickname = :new",
        "ConditionExpression": "nickname = :other",
        "ExpressionAttributeValues": {":new": {"S": "x"}, ":other": {"S": "y"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }

    with pytest.raises(ClientError) as caught:
        workshop.dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])

    first, second = caught.value.response["CancellationReasons"]
    assert first["Code"] == "None"
    assert second["Code"] == "ConditionalCheckFailed"
    assert dict(second["Item"])["nickname"] == {"S": "old shoes"}
    key = {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}
    assert "Item" not in workshop.dynamodb.get_item(TableName=table, Key=key)


def test_a_failed_conditional_write_returns_the_old_item(workshop: Workshop) -> None:
    table = workshop.table()
    workshop.put(table, "USER#1", "GEAR#1", nickname="old shoes")

    with pytest.raises(ClientError) as caught:
        workshop.dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "USER#1"}, "sk": {"S": "GEAR#1"}},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert caught.value.response["Item"]["nickname"] == {"S": "old shoes"}  # type: ignore[typeddict-item]


def test_consumed_capacity_is_told(workshop: Workshop) -> None:
    table = workshop.table()

    answer = workshop.dynamodb.put_item(
        TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "b"}}, ReturnConsumedCapacity="TOTAL"
    )

    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0
