"""S3: whoever may not list a bucket is not told that an object is absent.

Trap: every function hears 404 of an absent key. On AWS a role without `s3:ListBucket` on that key hears 403, and code
that waits for `NoSuchKey` never sees it. Who asks is in the request (`local.callers`); what its role may, MiniStack's
own judgement says. Who is no function of ours is told as before.
"""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from ministack import app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service, extract_region
from ministack.services import lambda_svc

from local.callers import caller
from local.patches.guard import pin

READS: Final = ("GET", "HEAD")
OBJECT: Final = re.compile(r"/(?P<bucket>[^/]+)/(?P<key>.+)")
PRODUCT: Final = "stadion-"
DENIED: Final = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"

Dispatch = Callable[..., Awaitable[Any]]


def apply() -> None:
    pin(ministack_app._dispatch_service_request, "17e5ef6dcfa0")
    pin(iam_evaluator.evaluate, "2a5dd6932d1a")
    pin(iam_evaluator._gather_role_policies, "d83d1661b865")
    ministack_app._dispatch_service_request = _keeping_to_itself(ministack_app._dispatch_service_request)


def _keeping_to_itself(dispatch: Dispatch) -> Dispatch:
    @wraps(dispatch)
    async def mended(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        answer = await dispatch(method, path, headers, body, query, request_id)
        if method not in READS or not isinstance(answer, tuple) or answer[0] != 404:
            return answer
        function, wanted = caller(headers), OBJECT.fullmatch(path)
        if function is None or wanted is None or detect_service(method, path, headers, query) != "s3":
            return answer
        if may_list(function, wanted["bucket"], wanted["key"], extract_region(headers)):
            return answer
        return 403, {"Content-Type": "application/xml"}, b"" if method == "HEAD" else DENIED

    return mended


def may_list(function: str, bucket: str, key: str, region: str) -> bool:
    """As its role says; of a function that is not there, or has a role of nobody, nothing is known."""
    known = lambda_svc._functions.get(PRODUCT + function) or lambda_svc._functions.get(function)
    role = str(((known or {}).get("config") or {}).get("Role", "")).rpartition("/")[2]
    policies = iam_evaluator._gather_role_policies(role, get_account_id())
    if not policies:
        return True
    asked = EvalContext(
        principal_arn=f"arn:aws:iam::{get_account_id()}:role/{role}",
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=region,
        service_context={"s3:prefix": key},
    )
    return bool(iam_evaluator.evaluate(asked, policies).decision == "Allow")
