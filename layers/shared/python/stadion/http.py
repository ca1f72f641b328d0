"""The HTTP face that every service shares: validation, problems, identity, versions, one log line per request."""

import base64
import inspect
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, overload

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter, Router
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFound
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
    OpenAPIResponseValidationMiddleware,
)
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestUnsupportedContentType, RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict

from stadion import ids, networks, problems, pseudonyms, rates, snapshots
from stadion.contract import AnswerElsewhere, Headers, NotModifiedError, Raises, contract_of, declare
from stadion.errors import (
    IfMatchRequiredError,
    InvalidTokenError,
    NotAnAdminError,
    StadionError,
    StaleVersionError,
)
from stadion.i18n import Language, named_language
from stadion.idempotency import IdempotencyKey, ReplayedError, idempotency_key
from stadion.large_answers import is_too_large
from stadion.observability import correlate, correlation_id, count, log, logger, measure_ms, observed
from stadion.pagination import MAX_LIMIT, ListResponse, Page
from stadion.retry import retry_on_conflict
from stadion.settings import edge_secret, settings
from stadion.units import ANYBODY, AskingReader, Reader

if TYPE_CHECKING:
    from stadion.audit import Call

T = TypeVar("T")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
WEAK = "W/"
"""Before a tag that somebody on the way, say a proxy that compresses, does not vouch for byte by byte."""
CORRELATION = "x-correlation-id"
"""Of a request, the client's own; of an answer, ours."""
CLIENTS_CORRELATION = "x-client-correlation-id"
"""The client's own, said back."""
_CORRELATION_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LISTED = re.compile(r'[^,"]*(?:"[^"]*"[^,"]*)*')
_ETAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]*"')
ROUTE = inspect.signature(Router.route)
APP_ROUTE = inspect.signature(APIGatewayHttpResolver.route)
VALIDATION = (
    OpenAPIRequestValidationMiddleware(),  # type: ignore[no-untyped-call]
    OpenAPIResponseValidationMiddleware(),
)
"""What `enable_validation` puts around a route."""
MAX_PATH = 512
"""In bytes: no id of ours comes near it, and DynamoDB refuses keys of more than 1 024."""
CONTAINERS = (dict, list)
IMPORTED_LATE = ("stadion.standing", "stadion.edge")
"""By a first request, or before a snapshot."""
READER = "_reader"
ADMITTED = "_admitted"
"""What is known of a request, until it is answered."""
MAX_DEPTH = 64
"""Of a body, into which the router, pydantic and the store go down; they end in a `RecursionError` at some 250."""


Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=2000)]
"""Of every list that has pages: `limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None`."""


class RequestModel(BaseModel):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


def never_braked(function: F) -> F:
    """Below the decorator of a route by which an athlete gets rid of whoever asks too much in their name."""
    vars(function)["is_never_braked"] = True
    return function


class Exchange(BaseRouter):
    """A request and its answer: what the routes of an entry point and those of a wing ask and declare alike."""

    # --- what a route declares (`stadion.contract`) ---

    def get(self, *rule: Any, raises: Raises = (), headers: Headers = (), **options: Any) -> Callable[[F], F]:
        return declare(super().get(*rule, **options), raises, headers)

    def post(self, *rule: Any, raises: Raises = (), headers: Headers = (), **options: Any) -> Callable[[F], F]:
        return declare(super().post(*rule, **options), raises, headers)

    def put(self, *rule: Any, raises: Raises = (), headers: Headers = (), **options: Any) -> Callable[[F], F]:
        return declare(super().put(*rule, **options), raises, headers)

    def patch(self, *rule: Any, raises: Raises = (), headers: Headers = (), **options: Any) -> Callable[[F], F]:
        return declare(super().patch(*rule, **options), raises, headers)

    def delete(self, *rule: Any, raises: Raises = (), headers: Headers = (), **options: Any) -> Callable[[F], F]:
        return declare(super().delete(*rule, **options), raises, headers)

    # --- what the caller sent ---

    @property
    def event(self) -> APIGatewayProxyEventV2:
        event = self.current_event
        assert isinstance(event, APIGatewayProxyEventV2)  # noqa: S101 - for the type checker
        return event

    def header(self, name: str) -> str | None:
        value: str | None = self.event.headers.get(name)
        return value

    @property
    def viewer(self) -> str:
        """The address of who asks."""
        return networks.viewer_of(self.event.raw_event)

    @property
    def network(self) -> str:
        """What limits count by, where nobody has signed in."""
        return networks.network_of(self.viewer)

    @property
    def reader(self) -> "AskingReader":
        """For whom the answer's texts are: looked up, once, when there is one."""
        reader: AskingReader | None = self.context.get(READER)
        if reader is None:
            reader = AskingReader(named_language(self.header("accept-language")), self._known_reader)
            self.context[READER] = reader
        return reader

    @property
    def language(self) -> Language:
        """Of `Accept-Language`, else the athlete's own."""
        return self.reader.language

    def _known_reader(self) -> Reader:
        """As this service's copy of the athlete has it. Who was not admitted is not looked up, and no answer is lost
        for a word."""
        api = self if isinstance(self, Api) else getattr(self, "api_resolver", None)
        if not isinstance(api, Api) or api.reader_of is None or not self.context.get(ADMITTED):
            return ANYBODY
        try:
            return api.reader_of(self._token()["sub"])
        except Exception:  # noqa: BLE001 - whatever it is, the answer itself is not wrong
            logger.exception("reader unknown")
            return ANYBODY

    @property
    def user_id(self) -> str:
        """The subject of the access token that API Gateway's authorizer verified."""
        return str(self.claims["sub"])

    @property
    def claims(self) -> dict[str, Any]:
        """Of an athlete who may be served: `_check_standing` looked before."""
        claims = self._token()
        if not claims:
            raise InvalidTokenError
        return claims

    def _token(self) -> dict[str, Any]:
        context = self.event.raw_event.get("requestContext", {})
        return ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}

    def if_match(self, current_revision: int) -> None:
        """Refuses an edit of anything but the current version (RFC 9110 section 13.1.1): a weak tag is never that."""
        sent = self.header("if-match")
        if sent is None:
            raise IfMatchRequiredError
        if sent.strip() != "*" and etag(current_revision) not in {_without_variant(tag) for tag in _etags(sent)}:
            raise StaleVersionError

    def edit(self, change: Callable[[], T]) -> T:
        """`change` looks, checks `if_match` and writes. Under `If-Match: *` it is done again when stale."""
        any_version = (self.header("if-match") or "").strip() == "*"
        return retry_on_conflict(change, also=(StaleVersionError,) if any_version else ())

    def unchanged(self, tag: str) -> bool:
        """Whether the client holds this version already (`If-None-Match`, RFC 9110 section 13.1.2): weak tags count."""
        sent = self.header("if-none-match") or ""
        return sent.strip() == "*" or tag in {one.removeprefix(WEAK) for one in _etags(sent)}

    def idempotency_key(self, operation: str, request: BaseModel) -> IdempotencyKey | None:
        return self._key_of(self.user_id, operation, request)

    def _key_of(self, caller: str, operation: str, request: BaseModel) -> IdempotencyKey | None:
        return idempotency_key(
            self.header("idempotency-key"),
            user_id=caller,
            operation=operation,
            request=request.model_dump(mode="json", exclude_unset=True),
        )

    # --- what the caller gets ---

    def versioned(self, body: T, revision: int, *, variant: str = "") -> Response[T]:
        """The representation with its ETag, or 304 when the client has it."""
        tag = etag(revision, variant)
        if self.event.http_method == "GET" and self.unchanged(tag):
            raise NotModifiedError(tag)
        return tagged(body, revision, variant=variant)


class Api(Exchange, APIGatewayHttpResolver):
    """A service's routes. `handler` is the Lambda entry point."""

    def __init__(self, *, reader_of: Callable[[str], Reader] | None = None) -> None:
        """`reader_of`: whom an athlete's answers are worded for, as the service's own copy of them says."""
        super().__init__(enable_validation=True)
        self.reader_of = reader_of
        self.exception_handler(StadionError)(self._refused)
        self.exception_handler(ReplayedError)(_replayed)
        self.exception_handler(NotModifiedError)(_not_modified)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._invalid)
        self.exception_handler(Exception)(self._unexpected)
        self.not_found(self._no_such_route)
        self.use(middlewares=[self._check_way, self._note_route])
        self.matched_route: str | None = None
        self.may_lead_elsewhere = False
        self.limits: list[rates.Headers] = []

    def route(self, *arguments: Any, **named: Any) -> Callable[[F], F]:
        """Who may not be served is refused before anything that was sent is looked at."""
        asked = APP_ROUTE.bind(self, *arguments, **named)
        more = asked.arguments.get("middlewares") or []
        if asked.arguments.get("enable_validation") is not False:  # as admins' routes have it
            more = [self._check_standing, *VALIDATION, *more]
        asked.arguments |= {"enable_validation": False, "middlewares": more}
        return super().route(*asked.args[1:], **asked.kwargs)

    def _check_standing(self, api: "Api", next_middleware: Callable[["Api"], Response[Any]]) -> Response[Any]:
        """Of whoever comes with a token: one write to the athlete's item, which counts the request and answers how they
        stand. A public route has none."""
        if claims := self._token():
            from stadion import standing

            function = api.context["_route"].func
            self.note_rate(standing.admit(claims, brakes=not vars(function).get("is_never_braked", False)))
            self.context[ADMITTED] = True
        return next_middleware(api)

    def _check_way(self, api: "Api", next_middleware: Callable[["Api"], Response[Any]]) -> Response[Any]:
        """Through the edge, but for what is signed: its signature is over the gateway's own name."""
        is_signed = bool((self.event.raw_event["requestContext"].get("authorizer") or {}).get("iam"))
        if edge_secret() and not is_signed:
            from stadion import edge

            edge.check(self.event.headers)
        return next_middleware(api)

    def note_rate(self, rate: rates.Rate | None) -> None:
        """For the answer's headers."""
        if rate is not None:
            self.limits.append(rate.headers)

    def _note_route(self, api: "Api", next_middleware: Callable[["Api"], Response[Any]]) -> Response[Any]:
        route = api.context["_route"]
        self.matched_route = str(route.path)
        self.may_lead_elsewhere = AnswerElsewhere in contract_of(route.func).raises
        if len(self.event.path.encode()) > MAX_PATH:
            raise RouteNotFound
        return next_middleware(api)

    def within_bounds(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer that Lambda can give: this one, one that leads to it, or a problem."""
        from stadion import large_answers

        try:
            if self.may_lead_elsewhere and answer["statusCode"] == 200:
                return large_answers.elsewhere(answer, self.user_id)
            raise large_answers.AnswerTooLargeError
        except StadionError as error:
            count("AnswersTooLarge")
            logger.warning("answer too large", extra={"route": self.matched_route, "bytes": len(answer["body"])})
            problem = self._refused(error)
            headers = {**problem.headers, "Content-Type": problem.content_type}
            return {**answer, "statusCode": problem.status_code, "headers": headers, "body": problem.body,
                    "isBase64Encoded": False}  # fmt: skip

    def _refused(self, error: StadionError) -> Response[Any]:
        document = problems.of_error(error, **self._circumstances())
        wait_s = getattr(error, "retry_after_s", 1)
        if used_up := getattr(error, "used_up", None):
            self.limits.append(used_up)
        return _problem(document, {"Retry-After": str(wait_s)} if document["status"] in {429, 503} else {})

    def _invalid(self, error: Any) -> Response[Any]:
        return _problem(problems.of_validation(error.errors(), status=_status_of(error), **self._circumstances()))

    def _unexpected(self, _: Exception) -> Response[Any]:
        logger.exception("unexpected error")
        count("UnexpectedError")
        return _problem(problems.unexpected(**self._circumstances()))

    def _no_such_route(self, _: RouteNotFound) -> Response[Any]:
        self.matched_route = None  # Powertools names what was asked for, and that may hold a token
        return _problem(problems.no_such_route(**self._circumstances()))

    def _circumstances(self) -> Any:
        return {"language": self.language, "instance": self.event.path, "trace_id": correlation_id()}


class Routes(Exchange, Router):
    """Routes of a wing: the service's `Api` includes them, after the last of them is written."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]


class AdminRoutes(Routes):
    """Routes of `/v1/admin`: who has not signed is refused before anything that was sent is looked at.

    Powertools validates before a route's own middlewares, so here validation is one of them, after the signature."""

    @property
    def signer(self) -> str:
        """The ARN that signed the request, as admins' commands do; a token of an athlete is not enough."""
        context = self.event.raw_event["requestContext"].get("authorizer") or {}
        if "jwt" in context or not context.get("iam"):
            raise NotAnAdminError
        return str(context["iam"].get("userArn", "unknown"))

    def idempotency_key(self, operation: str, request: BaseModel) -> IdempotencyKey | None:
        """Each signer's keys are their own."""
        return self._key_of(self.signer, operation, request)

    def route(self, *arguments: Any, **named: Any) -> Callable[[F], F]:
        asked = ROUTE.bind(self, *arguments, **named)
        more = asked.arguments.get("middlewares") or []
        asked.arguments |= {
            "enable_validation": False,
            "middlewares": [self._check_signature, self._audit, *VALIDATION, *more],
        }
        return Router.route(*asked.args, **asked.kwargs)

    def _check_signature(self, api: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        _ = self.signer
        return next_middleware(api)

    def _audit(self, api: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        """An item before anything is done. What cannot be written down is not done."""
        from stadion import audit

        call = self._call(api)
        audit.enter(call)
        status, outcome = 500, "unexpected_error"
        try:
            answer = next_middleware(api)
            status, outcome = answer.status_code, ""
            return answer
        except Exception as error:
            status, outcome = _told(error)
            raise
        finally:
            audit.leave(call, status, outcome or None)

    def _call(self, api: Api) -> "Call":
        from stadion import audit, clock

        route = api.context["_route"]
        return audit.Call(
            signer=self.signer,
            operation=route.func.__name__,
            method=route.method,
            route=str(route.path),
            service=settings().service,
            targets=audit.targets_of(api.context.get("_route_args") or {}, _body_of(self.event.raw_event)),
            reason=audit.reason_of(self.header(audit.REASON)),
            correlation_id=correlation_id(),
            at=clock.now(),
        )


@overload
def listed(page: Page[T]) -> ListResponse[T]: ...


@overload
def listed(page: Page[T], of: Callable[[T], R]) -> ListResponse[R]: ...


def listed(page: Page[Any], of: Callable[[Any], Any] | None = None) -> ListResponse[Any]:
    """`of` makes what is answered of each value, such as `XResponse.of`."""
    items = page.items if of is None else [of(item) for item in page.items]
    return ListResponse(items=items, next_cursor=page.next_cursor)


def _told(error: Exception) -> tuple[int, str]:
    """How a call ended that raised: the status that will be answered, and a word for it."""
    if isinstance(error, StadionError):
        return problems.status_of(error), error.code
    if isinstance(error, ReplayedError):
        return error.status, "replayed"
    if isinstance(error, NotModifiedError):
        return 304, "not_modified"
    if isinstance(error, RequestValidationError | RequestUnsupportedContentType):
        return _status_of(error), "request_is_invalid"
    return 500, "unexpected_error"


def _status_of(error: Any) -> int:
    """Of what does not fit the route's types."""
    if isinstance(error, RequestUnsupportedContentType):
        return 415
    return 400 if any(entry["type"] == "json_invalid" for entry in error.errors()) else 422


def _body_of(event: dict[str, Any]) -> Any:
    """As it came, or nothing that anybody can read."""
    try:
        text = event.get("body") or "null"
        return json.loads(base64.b64decode(text) if event.get("isBase64Encoded") else text)
    except ValueError:
        return None


def no_content() -> Response[None]:
    return Response(status_code=204)


def tagged(body: T, revision: int, *, variant: str = "") -> Response[T]:
    """What an edit needs to know, without a 304: an edit's answer, or what moves without an edit."""
    return Response(status_code=200, content_type=JSON, headers={"ETag": etag(revision, variant)}, body=body)


def located(body: T, location: str, revision: int, *, variant: str = "", status: int = 200) -> Response[T]:
    """The same, with the path that leads to it."""
    headers: dict[str, Any] = {"ETag": etag(revision, variant), "Location": location}
    return Response(status_code=status, content_type=JSON, headers=headers, body=body)


def etag(revision: int, variant: str = "") -> str:
    """`variant` tells representations of one revision apart: what others add to it is shown anew, yet no edit."""
    return f'"{revision}.{variant}"' if variant else f'"{revision}"'


def _without_variant(tag: str) -> str:
    return f'"{tag.strip(chr(34)).partition(".")[0]}"'


def _etags(header: str) -> set[str]:
    """Entity-tags (RFC 9110 section 8.8.3): a comma between quotes is part of one, and without quotes it is none."""
    return {tag for one in _LISTED.findall(header) if _ETAG.fullmatch(tag := one.strip())}


def _problem(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response[Any]:
    return Response(
        status_code=document["status"],
        content_type=problems.CONTENT_TYPE,
        headers=dict(headers or {}),
        body=json.dumps(document, ensure_ascii=False),
    )


def _not_modified(known: NotModifiedError) -> Response[Any]:
    return Response(status_code=304, headers={"ETag": known.tag}, body="")


def _replayed(answer: ReplayedError) -> Response[Any]:
    headers = {"Idempotency-Replayed": "true"}
    if "revision" in answer.answer:
        headers["ETag"] = etag(answer.answer["revision"])
    return Response(status_code=answer.status, content_type=JSON, headers=dict(headers), body=answer.answer)


def lambda_handler(api: Api) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The entry point of a service's API: correlation, one log line, metrics."""
    snapshots.prepare(IMPORTED_LATE)

    @observed
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        identity, clients = ids.new_id(), _clients_correlation(event)
        correlate(identity)
        _settle_body(event)
        started = time.perf_counter()
        api.matched_route, api.limits, api.may_lead_elsewhere = None, [], False
        response: dict[str, Any] = api.resolve(event, context)
        if is_too_large(response):
            response = api.within_bounds(response)
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        limits = rates.together(*api.limits)
        response["headers"] = {**_standing_headers(identity, clients), **limits, **response.get("headers", {})}
        measure_ms("Latency", elapsed_ms)
        count(f"Status{response['statusCode'] // 100}xx")
        log(
            "answered",
            method=event["requestContext"]["http"]["method"],
            route=api.matched_route,
            status=response["statusCode"],
            duration_ms=elapsed_ms,
            client_correlation_id=clients,
            **_who(event),
        )
        return response

    return handler


def _who(event: dict[str, Any]) -> dict[str, str | None]:
    """Who asked and from where, by keyed hashes: enough to find an abuser, and nobody's name."""
    context = event["requestContext"]
    authorizer = context.get("authorizer") or {}
    named = (
        (pseudonyms.Of.ATHLETE, ((authorizer.get("jwt") or {}).get("claims") or {}).get("sub")),
        (pseudonyms.Of.SIGNER, (authorizer.get("iam") or {}).get("userArn")),
        (pseudonyms.Of.PARTNER, ((context.get("apiKey") or {}).get("value") or "").rpartition("-")[0]),
    )
    kind, subject = next(((kind, text) for kind, text in named if text), (pseudonyms.Of.ATHLETE, None))
    network: str | None = None
    with suppress(Exception):  # nobody's answer is lost for a line of a log
        network = networks.network_of(networks.viewer_of(event))
    return {
        "subject": pseudonyms.if_possible(kind, subject),
        "network": pseudonyms.if_possible(pseudonyms.Of.NETWORK, network),
    }


def _settle_body(event: dict[str, Any]) -> None:
    """The router takes `application/json` in lower case only, takes forms that we do not, and survives no hostile JSON.

    A merge patch (RFC 7396) is JSON as well.
    """
    headers = event.get("headers") or {}
    kind = headers.get("content-type", "").strip().lower()
    is_taken = kind.partition(";")[0].strip() in {"", JSON, MERGE_PATCH}
    if kind:
        headers["content-type"] = JSON if is_taken else f"unsupported {kind}"
    if is_taken and event.get("body") and not _is_json(event):
        event["body"], event["isBase64Encoded"] = "{", False


def _is_json(event: dict[str, Any]) -> bool:
    """In UTF-8 (RFC 8259 section 8.1), which `json.loads` would not insist on, no deeper than anybody can read, and
    with each name once (RFC 7493): of a sum that is said twice, the signature of a message tells no one right.

    A number of 5 000 digits and bytes that are no text end in `ValueError`s.
    """
    try:
        sent = base64.b64decode(event["body"]).decode() if event.get("isBase64Encoded") else event["body"]
        return _is_shallow(json.loads(sent, object_pairs_hook=_each_once))
    except (RecursionError, ValueError):
        return False


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _is_shallow(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        within = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for several in within for one in several if isinstance(one, CONTAINERS)]
        if not level:
            return True
    return False


def _clients_correlation(event: dict[str, Any]) -> str | None:
    """What the client calls the request, if it can be written down. It is never ours: who chose another request's id
    would write into its trace."""
    sent = (event.get("headers") or {}).get(CORRELATION, "")
    return sent if _CORRELATION_SHAPE.fullmatch(sent) else None


def _standing_headers(identity: str, clients: str | None) -> dict[str, str]:
    return {
        CORRELATION: identity,
        **({CLIENTS_CORRELATION: clients} if clients is not None else {}),
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
