"""An account that does not answer as hoped is told in words, with what to do, and never as a stack trace."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stadion_cli import app, sms, timestream
from stadion_cli.base.errors import NOT_RUNNING, USAGE
from stadion_cli.base.target import AwsAccount


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("COLUMNS", "300")


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["stadion", *command])
    code = app.main()
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("refusal", "remedy"),
    [
        ("ExpiredToken", "aws sso login"),
        ("UnrecognizedClientException", "aws sso login"),
        ("AccessDeniedException", "allow your identity DescribeStacks"),
    ],
)
@pytest.mark.parametrize("command", [["status"], ["logs"], ["trace", "w1"], ["dlq", "list"]])
def test_whom_aws_refuses_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    refusal: str,
    remedy: str,
) -> None:
    def refused(client: BaseClient, operation: str, _: object) -> None:
        raise ClientError({"Error": {"Code": refusal, "Message": "not today"}}, operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", refused)

    code, words = said(monkeypatch, capsys, *command, "--aws")

    assert code == USAGE
    assert "not today" in words
    assert remedy in words


def test_another_error_of_aws_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(client: BaseClient, operation: str, _: object) -> None:
        raise ClientError({"Error": {"Code": "ValidationError", "Message": "ours"}}, operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", broken)
    monkeypatch.setattr(sys, "argv", ["stadion", "status", "--aws"])

    with pytest.raises(ClientError):
        app.main()


def test_an_account_without_our_stacks_names_the_region_and_never_the_laptop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: {"Stacks": []})

    code, words = said(monkeypatch, capsys, "status", "--aws")

    assert code == NOT_RUNNING
    assert "eu-central-1" in words
    assert "AWS_REGION" in words
    assert "stadion up" not in words


def test_who_names_no_region_is_told_to(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    code, words = said(monkeypatch, capsys, "status", "--aws")

    assert code == USAGE
    assert "AWS_REGION=…" in words


@pytest.mark.parametrize("make", [lambda: AwsAccount("an account").client("sts"), sms._client,
                                  lambda: timestream._client("timestream-query", None, None)])  # fmt: skip
def test_region_and_account_are_those_that_aws_and_cdk_would_take(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Any]
) -> None:
    """AWS_REGION goes before all, and no emulator's address is followed."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")

    client = make()

    assert client.meta.region_name == "eu-central-1"
    assert client.meta.endpoint_url.endswith(".amazonaws.com")
