"""Timestream is opt-in: a stack of its own, rights of the telemetry functions; otherwise there is no trace of it."""

from dataclasses import replace
from typing import Any

import pytest

from infra_cdk import timestream_tables
from infra_cdk.app import chosen
from infra_cdk.environments import DEV, LOCAL, PROD
from infra_cdk.guardrails import violations
from infra_cdk.timestream_tables import TABLES
from telemetry.timeseries.timestream import tables
from tests.kit.templates import Synthesised

RIGHTS = {"Select", "WriteRecords", "DescribeTable"}
"""The last for the query DESCRIBE."""


def test_without_opting_in_nothing_of_it_is_there(prod: Synthesised, local: Synthesised) -> None:
    for synthesised in (prod, local):
        assert "timestream" not in synthesised.text().lower()


def test_it_keeps_the_guardrails(opened: Synthesised) -> None:
    assert violations(opened.templates) == []


def test_the_database_has_the_tables_that_the_adapter_writes(opened: Synthesised) -> None:
    assert [p["DatabaseName"] for _, p in opened.of_type("AWS::Timestream::Database")] == ["stadion-prod"]
    found = {p["TableName"]: p for _, p in opened.of_type("AWS::Timestream::Table")}
    assert set(found) == {table.name for table in TABLES}
    assert set(found) == {tables.WORKOUTS, tables.WORKOUT_SAMPLES, tables.DEVICE_SAMPLES}
    for table in found.values():
        assert table["MagneticStoreWriteProperties"] == {"EnableMagneticStoreWrites": True}
        assert table["RetentionProperties"] == {
            "MemoryStoreRetentionPeriodInHours": timestream_tables.MEMORY_HOURS,
            "MagneticStoreRetentionPeriodInDays": timestream_tables.MAGNETIC_DAYS,
        }
        assert table["Schema"] == {
            "CompositePartitionKey": [{"Type": "DIMENSION", "Name": "user_id", "EnforcementInRecord": "REQUIRED"}]
        }


def test_what_people_measured_outlives_the_stack(opened: Synthesised) -> None:
    resources = opened.templates["stadion-timestream"]["Resources"].values()
    kept = [r["DeletionPolicy"] for r in resources if r["Type"].startswith("AWS::Timestream")]
    assert kept == ["RetainExceptOnCreate"] * (1 + len(TABLES))


USERS = {
    f"stadion-telemetry-{what}"
    for what in ("api", "on-batches", "metrics-workouts-on-measuring", "on-health-deletions")
}


def _statements(synthesised: Synthesised) -> list[tuple[str, Any]]:
    return [
        (name, statement)
        for name, properties in synthesised.of_type("AWS::IAM::Policy")
        for statement in properties["PolicyDocument"]["Statement"]
        if "timestream:" in str(statement["Action"])
    ]


def test_telemetrys_functions_may_write_and_ask_the_tables_and_nobody_else_may(opened: Synthesised) -> None:
    statements = _statements(opened)
    assert len(statements) == 2 * len(USERS)
    for name, statement in statements:
        assert name.startswith("stadion-telemetry/")
        if statement["Action"] == "timestream:DescribeEndpoints":
            assert statement["Resource"] == "*"
        else:
            assert {action.removeprefix("timestream:") for action in statement["Action"]} == RIGHTS
            assert len(statement["Resource"]) == len(TABLES)
            assert all(":database/stadion-prod/table/" in str(arn) for arn in statement["Resource"])


def test_their_functions_know_the_database(opened: Synthesised) -> None:
    for name, function in opened.of_type("AWS::Lambda::Function"):
        known = function["Environment"]["Variables"].get("STADION_TIMESTREAM_DATABASE")
        assert known == ("stadion-prod" if function["FunctionName"] in USERS else None), name


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, LOCAL),
        ({"STADION_TIMESTREAM": "1"}, LOCAL),
        ({"STADION_ENV": "dev"}, DEV),
        ({"STADION_ENV": "prod", "STADION_TIMESTREAM": "0"}, PROD),
        ({"STADION_ENV": "prod", "STADION_TIMESTREAM": "1"}, replace(PROD, timestream=True)),
    ],
)
def test_it_is_opted_into_by_a_variable(variables: dict[str, str], wanted: Any) -> None:
    assert chosen(variables) == wanted
