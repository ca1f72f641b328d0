from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from timestream_local.errors import NOT_ONBOARDED
from timestream_local.tests.integration.workshop import START, Bench, ManualClock, refusal, running


def test_a_database_can_be_made_described_changed_and_deleted(fresh: Bench) -> None:
    made = fresh.write.create_database(DatabaseName="sport", Tags=[{"Key": "team", "Value": "run"}])["Database"]
    assert made["CreationTime"] == START
    fresh.write.update_database(DatabaseName="sport", KmsKeyId="alias/mine")
    described = fresh.write.describe_database(DatabaseName="sport")["Database"]
    assert (described["KmsKeyId"], described["TableCount"]) == ("alias/mine", 0)
    fresh.write.delete_database(DatabaseName="sport")
    refusal(lambda: fresh.write.describe_database(DatabaseName="sport"), "ResourceNotFoundException")


def test_a_name_is_taken_once(fresh: Bench) -> None:
    table = fresh.table()
    refusal(lambda: fresh.write.create_database(DatabaseName=table.database), "ConflictException")
    again = {"DatabaseName": table.database, "TableName": table.name}
    refusal(lambda: fresh.write.create_table(**again), "ConflictException")


def test_a_database_with_tables_is_not_deleted(fresh: Bench) -> None:
    table = fresh.table()
    refusal(lambda: fresh.write.delete_database(DatabaseName=table.database), "ValidationException")
    fresh.write.delete_table(DatabaseName=table.database, TableName=table.name)
    fresh.write.delete_database(DatabaseName=table.database)


def test_a_table_tells_its_retention_and_its_partition_key(fresh: Bench) -> None:
    key = [{"Type": "DIMENSION", "Name": "athlete", "EnforcementInRecord": "REQUIRED"}]
    table = fresh.table(memory_hours=3, days=7, late=True, Schema={"CompositePartitionKey": key})
    described = fresh.write.describe_table(DatabaseName=table.database, TableName=table.name)["Table"]
    assert described["Schema"]["CompositePartitionKey"] == key
    assert described["RetentionProperties"]["MemoryStoreRetentionPeriodInHours"] == 3
    assert described["MagneticStoreWriteProperties"]["EnableMagneticStoreWrites"] is True
    assert described["TableStatus"] == "ACTIVE"


def test_the_partition_key_cannot_be_changed_only_its_enforcement(fresh: Bench) -> None:
    key = {"Type": "DIMENSION", "Name": "athlete", "EnforcementInRecord": "REQUIRED"}
    table = fresh.table(Schema={"CompositePartitionKey": [key]})

    def change(**more: str) -> Any:
        return fresh.write.update_table(
            DatabaseName=table.database, TableName=table.name, Schema={"CompositePartitionKey": [{**key, **more}]}
        )

    assert change(EnforcementInRecord="OPTIONAL")["Table"]["Schema"]
    refusal(lambda: change(Name="device"), "ValidationException")


@pytest.mark.parametrize(("hours", "days"), [(0, 1), (8_767, 1), (1, 0), (1, 73_001)])
def test_retention_outside_the_limits_is_refused(bench: Bench, hours: int, days: int) -> None:
    table = bench.table()
    retention = {"MemoryStoreRetentionPeriodInHours": hours, "MagneticStoreRetentionPeriodInDays": days}
    change = {"DatabaseName": table.database, "TableName": table.name, "RetentionProperties": retention}
    with pytest.raises((ClientError, ParamValidationError)):
        bench.write.update_table(**change)


def test_lists_come_in_pages(fresh: Bench) -> None:
    names = [f"db{index:02d}" for index in range(25)]
    for name in names:
        fresh.write.create_database(DatabaseName=name)
        fresh.write.create_table(DatabaseName=name, TableName="one")
    found, token, pages = [], None, 0
    while token or not pages:
        more = {"NextToken": token} if token else {}
        page = fresh.write.list_databases(MaxResults=10, **more)
        found += [one["DatabaseName"] for one in page["Databases"]]
        token, pages = page.get("NextToken"), pages + 1
    assert (found, pages) == (names, 3)
    assert len(fresh.write.list_tables()["Tables"]) == 20
    assert len(fresh.write.list_tables(DatabaseName="db03")["Tables"]) == 1


def test_tags_are_put_listed_and_taken_away(fresh: Bench) -> None:
    table = fresh.table(Tags=[{"Key": "a", "Value": "1"}])
    arn = fresh.write.describe_table(DatabaseName=table.database, TableName=table.name)["Table"]["Arn"]
    fresh.write.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    fresh.write.untag_resource(ResourceARN=arn, TagKeys=["b"])
    assert fresh.write.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "3"}]
    refusal(lambda: fresh.write.list_tags_for_resource(ResourceARN=f"{arn}x"), "ResourceNotFoundException")


def test_the_address_of_the_endpoint_has_its_scheme(bench: Bench) -> None:
    for one in (bench.write, bench.ask):
        assert one.describe_endpoints()["Endpoints"][0]["Address"] == bench.endpoint.url


def test_the_sdk_finds_it_by_endpoint_discovery(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_ENDPOINT_URL_… does not turn discovery off: the SDK asks DescribeEndpoints and speaks to what it answers."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", bench.endpoint.url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    write = boto3.session.Session().client("timestream-write", region_name="us-east-1")
    write.create_database(DatabaseName="discovered")
    assert bench.write.describe_database(DatabaseName="discovered")


def test_an_account_that_is_not_onboarded_gets_the_words_of_aws(tmp_path: Path) -> None:
    with running(tmp_path, clock=ManualClock(), onboarded=False) as bench:
        calls = (
            bench.write.describe_endpoints,
            bench.ask.describe_endpoints,
            bench.write.list_databases,
            lambda: bench.ask.query(QueryString="SELECT 1"),
        )
        for call in calls:
            assert NOT_ONBOARDED in refusal(call, "AccessDeniedException")


def test_what_is_not_supported_says_so(bench: Bench) -> None:
    assert "not supported" in refusal(bench.write.list_batch_load_tasks, "ValidationException")
    assert "not supported" in refusal(bench.ask.describe_account_settings, "ValidationException")
