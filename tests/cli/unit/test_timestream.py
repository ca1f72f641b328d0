"""The preflight tells an account with Timestream from one without, and what to do then."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from infra_cdk.timestream_tables import make_tables
from stadion_cli.timestream import Finding, TimestreamIsClosed, Verdict, examine, explained
from tests.kit.stack import free_port
from timestream_local import TimestreamEndpoint
from timestream_local.tests.integration.workshop import client

STADION = Path(sys.prefix) / "bin" / "stadion"


def test_an_account_that_has_it_is_ready(tmp_path: Path) -> None:
    with TimestreamEndpoint(0, tmp_path) as endpoint:
        assert examine("stadion-prod", None, endpoint.url) == Finding(Verdict.READY)
        make_tables(client("timestream-write", endpoint.url), "stadion-prod")
        make_tables(client("timestream-write", endpoint.url), "stadion-prod")
        assert examine("stadion-prod", None, endpoint.url) == Finding(Verdict.READY, database=True)


def test_a_new_account_is_told_so_and_what_works_without_it(tmp_path: Path) -> None:
    with TimestreamEndpoint(0, tmp_path, onboarded=False) as endpoint:
        finding = examine("stadion-prod", None, endpoint.url)
        assert finding.verdict is Verdict.CLOSED
        shown = subprocess.run(
            [STADION, "timestream", "preflight", "--endpoint", endpoint.url],
            capture_output=True,
            text=True,
            check=False,
        )
        told = json.loads(
            subprocess.run(
                [STADION, "timestream", "preflight", "--endpoint", endpoint.url, "--json"],
                capture_output=True,
                text=True,
                check=False,
            ).stdout
        )
    assert shown.returncode == 1
    words = " ".join(shown.stderr.replace("│", " ").split())
    assert "takes no new customers" in words
    assert "Only existing Timestream for LiveAnalytics customers" in words
    assert "rollups in DynamoDB" in words
    assert told["verdict"] == "closed"


def test_credentials_that_may_not_ask_are_told_from_an_account_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "User: x is not authorized to perform: timestream:DescribeEndpoints"

    class Denied:
        def describe_endpoints(self) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, "DescribeEndpoints")

    monkeypatch.setattr("stadion_cli.timestream._client", lambda *_: Denied())
    finding = examine("stadion-prod", None, None)
    assert finding == Finding(Verdict.NOT_ALLOWED, said)
    assert "timestream:DescribeEndpoints" in explained(finding).message


def test_where_nothing_answers_it_is_not_offered() -> None:
    finding = examine("stadion-prod", None, f"http://127.0.0.1:{free_port()}")
    assert finding.verdict is Verdict.NOT_OFFERED
    assert isinstance(explained(finding), TimestreamIsClosed)


def test_without_credentials_nothing_can_be_told() -> None:
    shown = subprocess.run(
        [STADION, "timestream", "preflight"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true"},
    )
    assert shown.returncode == 2
    assert "No AWS account can be reached" in " ".join(shown.stderr.split())
