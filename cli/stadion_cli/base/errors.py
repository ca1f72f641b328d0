"""Errors that a person can act on: what happened, what to do, and the exit code for scripts."""

from typing import TYPE_CHECKING, Final

from local.errors import ActionableError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

OK: Final = 0
USAGE: Final = 2
NOT_RUNNING: Final = 3


class CliError(ActionableError):
    """Of the commands themselves."""


class UsageError(CliError):
    exit_code = USAGE
    title = "That cannot be asked this way"


class StackNotRunning(CliError):  # noqa: N818 - reads as what happened
    exit_code = NOT_RUNNING
    title = "The stack is not running"

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"Nothing answers at {endpoint}.", hint="Start it with:  stadion up")


class NotDeployed(CliError):  # noqa: N818
    exit_code = NOT_RUNNING
    title = "Stadion is not deployed there"

    def __init__(self, endpoint: str, *, hint: str = "stadion up") -> None:
        super().__init__(f"{endpoint} answers, but has no stack whose name starts with stadion-.", hint=hint)


class AwsRefuses(CliError):  # noqa: N818
    """Whoever asks, and not what they ask, is refused."""

    exit_code = USAGE
    title = "AWS refuses your identity"


NOT_KNOWN: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "OptInRequired",
    }
)
"""As services say that credentials are old, wrong, or of a region that is switched off."""
NOT_ALLOWED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "Forbidden", "403"}
)


def refused(error: "ClientError") -> AwsRefuses | None:
    """What to tell of it; None for an error of another kind."""
    code = error.response.get("Error", {}).get("Code", "")
    message = f"{error.operation_name}: {error.response.get('Error', {}).get('Message', code)}"
    if code in NOT_KNOWN:
        return AwsRefuses(message, hint="aws sso login, or other credentials: aws sts get-caller-identity")
    if code in NOT_ALLOWED:
        return AwsRefuses(message, hint=f"allow your identity {error.operation_name}: aws sts get-caller-identity")
    return None
