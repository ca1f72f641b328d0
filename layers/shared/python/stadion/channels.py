"""SES and SNS: whose fault it is that a message was not taken, the same for every sender of ours."""

from enum import Enum
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from stadion.observability import count, logger


class Fault(Enum):
    TRANSIENT = "transient"
    """The provider's: it does not take anything now."""
    SETUP = "setup"
    """Ours: a domain that nobody verified, a missing right. It ends when we mend it."""
    MESSAGE = "message"
    """The message's or its address's: no provider will ever take it."""


TRANSIENT: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "Throttled",
        "TooManyRequestsException",
        "LimitExceededException",
        "InternalError",
        "InternalServiceError",
        "ServiceUnavailable",
        "KMSThrottling",
        "SendingPausedException",
    }
)
SETUP: Final = frozenset(
    {
        "MessageRejected",
        "MailFromDomainNotVerified",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "ConfigurationSetDoesNotExist",
        "AuthorizationError",
        "PlatformApplicationDisabled",
        "PlatformApplicationDisabledException",
        "KMSAccessDenied",
        "KMSDisabled",
        "KMSInvalidState",
        "KMSNotFound",
        "KMSOptInRequired",
    }
)
"""MessageRejected is SES's word for an address, sender's or recipient's in the sandbox, that is not verified. It also
says it of a virus, which our texts do not have."""
NOT_ALLOWED: Final = frozenset({401, 403})
"""Credentials, rights, signatures: whatever its name, it is not the message's fault."""


def fault_of(error: ClientError | BotoCoreError) -> Fault:
    """What is ours to mend is counted and logged here."""
    if not isinstance(error, ClientError):
        return Fault.TRANSIENT
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in TRANSIENT or status >= 500:
        return Fault.TRANSIENT
    if code in SETUP or status in NOT_ALLOWED or _names_no_configuration_set(error):
        count("ChannelMisconfigured")
        logger.error("channel misconfigured", extra={"code": code, "operation": error.operation_name})
        return Fault.SETUP
    return Fault.MESSAGE


def code_of(error: ClientError | BotoCoreError) -> str:
    """The provider's own word, or the name of what kept us from it."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def _names_no_configuration_set(error: ClientError) -> bool:
    """SES does not find what the stack should have made; the same word of SNS is about a device."""
    return error.operation_name == "SendEmail" and code_of(error) == "NotFoundException"
