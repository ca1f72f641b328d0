"""`stadion aws empty`: buckets that go with their stacks, and no others."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from stadion_cli.app import app
from stadion_cli.base.outputs import Outputs
from stadion_cli.base.target import AwsAccount, Target
from stadion_cli.stack import account

TEMPLATE = {
    "Resources": {
        "Goes": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete"},
        "Stays": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate"},
    }
}
MADE = [{"LogicalResourceId": name, "PhysicalResourceId": f"stadion-{name.lower()}"} for name in TEMPLATE["Resources"]]


class CloudFormation:
    """What moto cannot tell here without packages of its own."""

    tags: ClassVar = [{"Key": "product", "Value": "stadion"}]

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"Tags": self.tags}]}

    def get_template(self, **_: str) -> dict[str, Any]:
        return {"TemplateBody": json.dumps(TEMPLATE)}

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"StackResourceSummaries": MADE}]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        for name in ("stadion-goes", "stadion-stays"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            for key in ("a", "a", "b"):
                s3.put_object(Bucket=name, Key=key, Body=b"x")
            s3.delete_object(Bucket=name, Key="b")
        aws = AwsAccount("an account")
        monkeypatch.setattr(AwsAccount, "cloudformation", CloudFormation())
        target = Target(aws, Outputs({"stadion-workouts": {}}))
        monkeypatch.setattr(account, "target", lambda *_, on_aws: target)
        yield target


def versions(bucket: str) -> int:
    found = boto3.client("s3").list_object_versions(Bucket=bucket)
    return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


def test_all_versions_of_what_goes_are_deleted_and_none_of_what_stays(chosen: Target) -> None:
    done = CliRunner().invoke(app, ["aws", "empty", "--yes", "--json"])

    assert json.loads(done.output) == {"stadion-goes": 4}
    assert (versions("stadion-goes"), versions("stadion-stays")) == (0, 4)


def test_nothing_is_deleted_without_a_yes(chosen: Target) -> None:
    done = CliRunner().invoke(app, ["aws", "empty"])

    assert done.exit_code != 0
    assert versions("stadion-goes") == 4


def test_where_everything_is_kept_nothing_is_done(chosen: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "given_up", lambda _: [])
    done = CliRunner().invoke(app, ["aws", "empty", "--yes"])

    assert done.exit_code == 0
    assert "keeps its data" in done.output


def test_a_stack_of_others_keeps_what_it_has(chosen: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its name begins as ours do."""
    monkeypatch.setattr(CloudFormation, "tags", [{"Key": "team", "Value": "site"}])

    assert CliRunner().invoke(app, ["aws", "empty", "--yes"]).exit_code == 0
    assert versions("stadion-goes") == 4
