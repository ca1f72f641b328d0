"""Which errors of AWS are about who asks: told in words, with what to do."""

from typing import TYPE_CHECKING, Final

from stadion_cli.base.errors import AwsRefuses

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

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
