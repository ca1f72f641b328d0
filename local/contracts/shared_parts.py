"""What every operation of the OpenAPI document has in common: problems, headers, parameters, words."""

from typing import Any, Final

from stadion import problems
from stadion.counting import TooFastError
from stadion.errors import StadionError
from stadion.i18n import Language

PROBLEM_JSON: Final = problems.CONTENT_TYPE
TRACE: Final = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"

INTRODUCTION: Final = """The backend of a sports retailer's training app.

**Signing in.** `POST /v1/auth/sign-in` gives an access token; send it as `Authorization: Bearer …`. It lasts
`expires_in` seconds, a quarter of an hour; `POST /v1/auth/refresh` gives the next one. Admin operations take a request
signed with AWS Signature Version 4 instead.

**Errors** are RFC 9457 problems. Decide by `code`, which never changes; show `title` and `detail`, which follow
`Accept-Language` (en, ru), or without it the athlete's own language; tell support the `trace_id`. What the gateway
refuses before a service sees it (no valid token, too many requests) has the gateway's own body, `{"message": …}`:
decide by the status there.

**Offline first.** Ids may be chosen by the client (UUIDv7 is best), and a creating POST takes an `Idempotency-Key`: the
same request twice is answered alike and done once.

**Editing.** A representation comes with an `ETag`. Send it as `If-Match` when you change the thing: 412 says that
somebody was faster. PATCH is RFC 7396 merge-patch: what is absent stays, null removes.

**Lists** are `{items, next_cursor}`, newest first; pass `next_cursor` as `cursor`, with the same filters, to go on.
Whether there is more is said by `next_cursor` alone: of a filter that matches little, a page may be short or empty.
The diary has a `prev_cursor`, too. A parameter that may be sent several times may also be sent once, with commas.

**Limits.** An athlete has 600 requests in any 60 seconds, over all devices; messages on a WebSocket count as well.
Every answer says what is left in `RateLimit` (draft-ietf-httpapi-ratelimit-headers), and 429 in `Retry-After` when
there is more: who waits that long is served. Uploads and workouts have a limit for the day, too (`quota_is_used_up`).

**Units** are in the names: metres `_m`, seconds `_s`, `_mps`, `_w`, `_bpm`; sentences and messages are in the
athlete's own (`settings.units`). Moments are RFC 3339 in UTC, always with `Z`; `started_at_local` is the same moment by
the athlete's clock.

**Without asking.** What becomes of uploads, levels, records, gear and offers is in `GET /v1/notifications`, in the
athlete's language. The WebSocket of live workouts (docs/live-protocol.md) tells of uploads, too.
"""

TAGS: Final = {
    "Admin": "For admins' `stadion` commands: signed with AWS credentials (Signature Version 4), never with a token.",
}
"""Those of several services; a service says its own in its `contract.toml`."""

SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token (not the id token) of `POST /v1/auth/sign-in`.",
    },
    "sigV4": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4 for the service `execute-api`, by somebody whose IAM policy allows it.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
}

PARTNER_SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "Yours, with a limit for each second and a quota for each day.",
    },
}
FOR_PARTNERS: Final = """What the store and other partners use.

**Who you are** is said by `x-api-key`. Its plan has a rate, a burst and a quota for the day; beyond them: 429.

**Webhooks** are signed as Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp` and
`webhook-signature` (`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under your signing secret). The time
may be five minutes off. Keep the `webhook-id` when you try again, and sign each attempt anew.

**Errors** are RFC 9457 problems. Decide by `code`, which never changes.
"""

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Some codes add a field of their own, e.g. `existing_workout_id`.",
    "required": ["type", "title", "status", "detail", "instance", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "an address that ends in the code"},
        "title": {"type": "string", "description": "short, in the caller's language"},
        "status": {"type": "integer", "description": "the HTTP status again"},
        "detail": {"type": "string", "description": "what to do, in the caller's language"},
        "instance": {"type": "string", "description": "the path that was asked"},
        "code": {"type": "string", "description": "decide by this; it never changes"},
        "trace_id": {"type": "string", "description": "the answer's X-Correlation-Id"},
        "errors": {
            "type": "array",
            "description": "what is wrong with which value",
            "items": {"$ref": "#/components/schemas/ProblemEntry"},
        },
    },
    "additionalProperties": True,
}
PROBLEM_ENTRY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "ProblemEntry",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer into the body, or the place and name of a parameter",
            "examples": ["#/distance_m", "query:limit"],
        },
        "code": {"type": "string", "examples": ["greater_than_equal"]},
        "detail": {"type": "string", "examples": ["Must be at least 0."]},
    },
}
GATEWAY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "GatewayMessage",
    "description": "What API Gateway itself says.",
    "required": ["message"],
    "properties": {"message": {"type": "string", "examples": ["Unauthorized"]}},
}

GATEWAY_CONTENT: Final[dict[str, Any]] = {
    "application/json": {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
}

PARAMETERS: Final[dict[str, Any]] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "of titles and details: `en` or `ru`; without it, the language of the athlete's profile",
        "schema": {"type": "string", "examples": ["ru-RU, ru;q=0.9"]},
    },
    "CorrelationId": {
        "name": "X-Correlation-Id",
        "in": "header",
        "description": "the client's own id of this action, 8 to 64 of `A-Za-z0-9_-`; support finds it by that too",
        "schema": {"type": "string", "examples": [TRACE]},
    },
    "AuditReason": {
        "name": "X-Audit-Reason",
        "in": "header",
        "description": "why, for the audit: percent-encoded, up to 300 characters, with nobody's name in it",
        "schema": {"type": "string", "examples": ["ticket%204711"]},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "the `ETag` of the version that is being changed",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "the `ETag` that the client has: the answer is 304 when it is still the current one",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "makes a repetition safe for a day: the first answer comes again",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "examples": ["1f0c4c5e-2f1b-4f0e-9d3a-5b6c7d8e9f01"],
        },
    },
}
HEADERS: Final[dict[str, Any]] = {
    "CorrelationId": {
        "description": "the id of this request in every log line that it caused: ours, whatever the client calls it",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "the version of this representation", "schema": {"type": "string", "examples": ['"3"']}},
    "Location": {"description": "where it can be read", "schema": {"type": "string"}},
    "ContentDisposition": {
        "description": "the file's name",
        "schema": {"type": "string", "examples": ['attachment; filename="0193a1c0.gpx"']},
    },
    "IdempotencyReplayed": {
        "description": "`true` when this is the answer to an earlier request with the same key",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "RetryAfter": {"description": "seconds to wait", "schema": {"type": "string", "examples": ["1"]}},
    "RateLimit": {
        "description": "of each limit: how many are left, and in how many seconds there are more",
        "schema": {"type": "string", "examples": ['"athlete";r=599;t=64']},
    },
    "RateLimitPolicy": {
        "description": "of each limit: how many (`q`) in how many seconds (`w`)",
        "schema": {"type": "string", "examples": ['"athlete";q=600;w=60']},
    },
}
PARAMETER_WORDS: Final = {
    "limit": "how many at most",
    "cursor": "`next_cursor` of the page before; only with the same filters",
    "user_id": "the athlete",
    "workout_id": "the workout",
    "gear_id": "the piece of gear",
}
"""Of what is called the same everywhere; a service says its own in its `contract.toml`."""


def parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def headers(*names: str) -> dict[str, Any]:
    """References to headers by their names on the wire."""
    return {name: {"$ref": f"#/components/headers/{name.replace('-', '').removeprefix('X')}"} for name in names}


def problem_example(error: type[StadionError], path: str) -> dict[str, Any]:
    status = problems.status_of(error.__new__(error))
    return {
        "summary": error.title.say(Language.EN),
        "value": problems.problem(
            status=status,
            code=error.code,
            title=error.title.en,
            detail=error.explanation.en,
            instance=path,
            trace_id=TRACE,
        ),
    }


def validation_problem(status: int, entry: dict[str, str]) -> dict[str, Any]:
    found = problems.problem(
        status=status,
        code="request_is_invalid",
        title=problems.INVALID_TITLE.en,
        detail=problems.INVALID_DETAIL.say(Language.EN, count=1),
        instance="/v1/workouts",
        trace_id=TRACE,
        errors=[entry],
    )
    return {"summary": problems.INVALID_TITLE.en, "value": found}


EXAMPLES: Final = {
    "BodyIsNotJson": validation_problem(
        400, {"pointer": "#/17", "code": "json_invalid", "detail": problems.VALIDATION["json_invalid"].en}
    ),
    "ValueIsRefused": validation_problem(
        422, {"pointer": "#/distance_m", "code": "greater_than_equal", "detail": "Must be at least 0."}
    ),
    "too_many_requests": {
        "summary": TooFastError.title.say(Language.EN),
        "value": problems.problem(
            status=429,
            code=TooFastError.code,
            title=TooFastError.title.en,
            detail=TooFastError.explanation.en,
            instance="/v1/workouts",
            trace_id=TRACE,
        ),
    },
    "UnexpectedError": {
        "summary": problems.UNEXPECTED_TITLE.en,
        "value": problems.unexpected(language=Language.EN, instance="/v1/workouts", trace_id=TRACE),
    },
}
