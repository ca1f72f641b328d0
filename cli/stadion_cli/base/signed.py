"""Requests of admins: signed with AWS Signature Version 4, as API Gateway's IAM routes want them."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.options import WHY
from stadion_cli.base.target import Target

if TYPE_CHECKING:
    from botocore.httpsession import URLLib3Session

TIMEOUT_S: Final = 60
PAGE: Final = 200
MAX_ERRORS: Final = 20
NOT_FOUND: Final = 404
PROMOS: Final = "/v1/admin/promos"
"""Campaigns ask for them too."""
LISTS: Final = {
    "promo_not_found": "stadion promo list",
    "segment_not_found": "stadion segment list",
    "campaign_not_found": "stadion campaign list",
    "campaign_run_not_found": "stadion campaign report ID, for the latest one",
    "partner_not_found": "stadion partner list",
    "achievement_not_found": "stadion achievement list",
}
"""Code of a refusal -> where the names are that could have been meant."""
WAYS: Final = {
    "partner_is_disabled": "stadion partner enable PARTNER",
    "partner_may_not": "stadion partner change PARTNER --may …, once for each that it is to have: it replaces them all",
}
"""Code of a refusal -> what has to be done first."""
USERS: Final = "/v1/admin/accounts/users"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}[a-z0-9]")


class Refused(CliError):  # noqa: N818 - reads as what happened
    title = "The API refused that"

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, code: str = "", reasons: Sequence[str] = ()
    ) -> None:
        super().__init__("\n".join([message, *reasons]), hint=hint)
        self.status = status
        self.code = code
        self.reasons = reasons
        """Each with its place."""


class Nobody(CliError):  # noqa: N818
    title = "There is nobody"


def call(chosen: Target, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """`if_match="*"` and the like become headers; the answer's body, empty when there is none."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    session = chosen.aws.session
    credentials = session.get_credentials()
    if credentials is None:
        raise UsageError("There are no AWS credentials.", hint="aws configure")
    if why := os.environ.get(WHY):
        headers["x_audit_reason"] = quote(why)
    named = {"Accept-Language": "en"} | {name.replace("_", "-").title(): value for name, value in headers.items()}
    data = None
    if body is not None:
        named["Content-Type"] = "application/json"
        data = json.dumps(body, ensure_ascii=False).encode()
    request = AWSRequest(method=method, url=chosen.api + path, headers=named, data=data)
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", session.region_name or chosen.aws.region).add_auth(
        request
    )
    answer = _http().send(request.prepare())
    if answer.status_code >= 400:
        raise _refusal(answer.status_code, answer.content)
    found: dict[str, Any] = json.loads(answer.content) if answer.content else {}
    return found


@cache
def _http() -> "URLLib3Session":
    """Kept: to make one reads all certificates, and a list of many pages asks often."""
    from botocore.httpsession import URLLib3Session

    return URLLib3Session(timeout=TIMEOUT_S)


def pages(chosen: Target, path: str) -> Iterator[dict[str, Any]]:
    """Of a list, one after the other, until there is no cursor any more."""
    cursor: str | None = None
    while True:
        after = f"&cursor={quote(cursor, safe='')}" if cursor else ""
        page = call(chosen, "GET", f"{path}?limit={PAGE}{after}")
        yield page
        cursor = page.get("next_cursor")
        if cursor is None:
            return


def items(chosen: Target, path: str) -> list[dict[str, Any]]:
    """Of all pages of a list."""
    return [item for page in pages(chosen, path) for item in page["items"]]


def path_of_user(named: str) -> str:
    """Of an e-mail address or a user id; whoever registers has both in lower case."""
    return f"{USERS}/{quote(named.strip().lower(), safe='@')}"


def user_id_of(chosen: Target, named: str) -> str:
    """As `stadion user` takes them."""
    try:
        return str(call(chosen, "GET", path_of_user(named))["user_id"])
    except Refused as error:
        if error.status != NOT_FOUND:
            raise
        raise Nobody(f"Nobody has the e-mail address or user id {named}.") from error


def name_in_path(name: str, what: str) -> str:
    """UsageError for what cannot be a name, in words."""
    if NAME.fullmatch(name) is None:
        raise UsageError(f"{name!r} is not a name of a {what}: small letters a-z, digits and hyphens, two at least.")
    return name


def _refusal(status: int, content: bytes) -> Refused:
    try:
        said = json.loads(content)
    except ValueError:
        said = {}
    words = said.get("detail") or said.get("message") or "no reason given"
    reasons = [f"{one['pointer']}: {one['detail']}" for one in said.get("errors", [])[:MAX_ERRORS]]
    reasons += [f"{one['decided_by']}: not so: {one['detail']}" for one in said.get("checks", [])]
    hint = (LISTS | WAYS).get(said.get("code", ""), "")
    hint = hint or ("your AWS identity needs execute-api:Invoke on /v1/admin/*" if status == 403 else "")
    trace = f" (trace {said['trace_id']})" if "trace_id" in said else ""
    code = said.get("code", "")
    return Refused(f"{status}: {words}{trace}", hint=hint, status=status, code=code, reasons=reasons)
