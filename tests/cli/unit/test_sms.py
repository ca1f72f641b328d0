"""`stadion sms`: the account's limit is told, and what is wrong with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from infra_cdk.environments import PROD
from stadion_cli import sms
from stadion_cli.base.errors import UsageError

WANTED = f"{PROD.sms_month_usd:.0f}"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def out_of_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto does not know the sandbox."""
    _sandbox(monkeypatch, is_in=False)


def _sandbox(monkeypatch: pytest.MonkeyPatch, *, is_in: bool) -> None:
    make = sms._client

    def client() -> Any:
        made = make()
        made.get_sms_sandbox_account_status = lambda: {"IsInSandbox": is_in}
        return made

    monkeypatch.setattr(sms, "_client", client)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(sms.app, list(arguments))


@pytest.mark.usefixtures("out_of_the_sandbox")
def test_an_account_that_was_never_told_is_not_ready_until_it_is() -> None:
    before = run("status")
    assert isinstance(before.exception, sms.SmsNotReady)
    assert "never set" in str(before.exception)

    assert run("limit").exit_code == 0
    assert run("limit").exit_code == 0

    assert boto3.client("sns").get_sms_attributes()["attributes"]["MonthlySpendLimit"] == WANTED
    assert f"${WANTED}" in run("status").stdout
    assert run("status", "--stage", "dev", "--json").exit_code == 1


def test_an_account_in_the_sandbox_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    _sandbox(monkeypatch, is_in=True)
    run("limit")

    assert "sandbox" in str(run("status").exception)


def test_a_limit_that_aws_does_not_grant_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    class Small:
        def set_sms_attributes(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "InvalidParameter", "Message": "over the quota"}}, "SetSMSAttributes")

    monkeypatch.setattr(sms, "_client", Small)

    refused = run("limit").exception

    assert isinstance(refused, sms.SmsNotReady)
    assert "over the quota" in str(refused)


def test_an_unknown_environment_is_named() -> None:
    assert "staging" in str(run("limit", "--stage", "staging").exception)


@pytest.mark.parametrize("command", ["status", "limit"])
@pytest.mark.parametrize(
    "missing", [["AWS_DEFAULT_REGION"], ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]], ids=["region", "credentials"]
)
def test_without_an_aws_account_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, missing: list[str]
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in [*missing, "AWS_REGION", "AWS_PROFILE"]:
        monkeypatch.delenv(name, raising=False)

    refused = run(command)

    assert isinstance(refused.exception, UsageError)
    assert "No AWS account can be reached" in str(refused.exception)


@pytest.mark.usefixtures("out_of_the_sandbox")
def test_credentials_that_may_not_ask_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    make = sms._client

    def client() -> Any:
        made = make()
        denied = ClientError({"Error": {"Code": "AuthorizationError", "Message": "not allowed"}}, "GetSMSAttributes")
        monkeypatch.setattr(made, "get_sms_attributes", Mock(side_effect=denied))
        return made

    monkeypatch.setattr(sms, "_client", client)
    refused = run("status")

    assert isinstance(refused.exception, UsageError)
    assert "not allowed" in str(refused.exception)
