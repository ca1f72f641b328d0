"""Whose fault it is that SES or SNS did not take a message."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from stadion import channels
from stadion.channels import Fault, code_of, fault_of


def refused(code: str, *, status: int = 400, operation: str = "SendEmail") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "…"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


@pytest.mark.parametrize(
    ("code", "status", "operation"),
    [
        ("MessageRejected", 400, "SendEmail"),
        ("MailFromDomainNotVerifiedException", 400, "SendEmail"),
        ("AccountSuspendedException", 400, "SendEmail"),
        ("AccessDeniedException", 403, "SendEmail"),
        ("NotFoundException", 404, "SendEmail"),
        ("AuthorizationError", 403, "Publish"),
        ("PlatformApplicationDisabled", 400, "Publish"),
        ("UnrecognizedClientException", 403, "SendEmail"),
    ],
)
def test_what_only_we_can_mend_is_no_fault_of_the_message(
    code: str, status: int, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(channels, "count", counted.append)

    assert fault_of(refused(code, status=status, operation=operation)) is Fault.SETUP
    assert counted == ["ChannelMisconfigured"]


@pytest.mark.parametrize(("code", "operation"), [("BadRequestException", "SendEmail"), ("InvalidParameter", "Publish")])
def test_what_no_provider_takes_is_the_messages_fault(code: str, operation: str) -> None:
    assert fault_of(refused(code, operation=operation)) is Fault.MESSAGE


def test_a_device_that_is_gone_is_no_set_up_of_ours() -> None:
    assert fault_of(refused("NotFound", status=404, operation="Publish")) is Fault.MESSAGE
    assert fault_of(refused("EndpointDisabled", operation="Publish")) is Fault.MESSAGE


def test_a_provider_that_is_busy_or_out_of_reach_is_asked_again() -> None:
    assert fault_of(refused("Throttling")) is Fault.TRANSIENT
    assert fault_of(refused("SomethingNew", status=503)) is Fault.TRANSIENT
    gone = ConnectTimeoutError(endpoint_url="https://email.us-east-1.amazonaws.com")
    assert (fault_of(gone), code_of(gone)) == (Fault.TRANSIENT, "ConnectTimeoutError")
