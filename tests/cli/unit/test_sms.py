"""`stadion sms`: the account's limit is told, and what is wrong with it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from infra_cdk.environments import PROD
from stadion_cli import sms

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
