"""The OpenAPI 3.1 document of all services, from their routes, models and the answers that they declare."""

import inspect
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final, get_args, get_origin, get_type_hints

from aws_lambda_powertools.event_handler import Response
from pydantic import TypeAdapter

from local.contracts import shared_parts as parts
from local.contracts.models import ContractError, Document, Models, Schemas, Wanted, with_known_limits
from local.contracts.phrases import PHRASES
from local.contracts.services import (
    FUNCTIONS,
    PARTNERS,
    WORDS,
    Operation,
    Words,
    api_of,
    operations,
    points_of,
    services,
)
from local.paths import ROOT
from stadion.contract import AnswerElsewhere, NotModifiedError
from stadion.errors import IfMatchRequiredError, InvalidIdempotencyKeyError, NotAnAdminError, StadionError
from stadion.http import JSON, MERGE_PATCH
from stadion.partner_http import abilities_of
from stadion.problems import status_of

VERSION: Final = "1.0.0"

# Who may call: the same rules as the routes of infra_cdk, which a test compares.
PUBLIC_PATHS: Final = re.compile(
    r"/v1/health|/v1/app/config|/v1/words|/v1/live/shared/.*|/v1/unsubscribe|/v1/auth/(?!sign-out-everywhere$).*"
)
SIGNED_PATHS: Final = re.compile(r"/v1/admin/.*")
ABILITIES: Final = "x-stadion-abilities"
"""Of an operation of the partner API: any one of them lets a partner in."""
PARTNER_PATHS: Final = re.compile(r"/partner/v1/.*")
NO_PROBLEM: Final = (NotModifiedError, AnswerElsewhere)
"""What a route may declare beside the problems that it may end in."""
PARAMETER: Final = re.compile(r"\{\w+\}")


def document(models: Models) -> Document:
    """Of the product's API, which the app and admins use: those of the services, one after the other."""
    return merged([service_document(service, models) for service in services()])


def service_document(service: str, models: Models) -> Document:
    """Of one service's part of the product's API."""
    return _document(
        operations(service),
        models,
        info={"title": "Stadion", "summary": "A training diary that reacts.", "description": parts.INTRODUCTION},
        server={"url": "..", "description": "where this document comes from"},
        security="bearerAuth",
        schemes=parts.SECURITY_SCHEMES,
    )


def partner_document(models: Models) -> Document:
    """Of the API that partners use, with what of the shared parts it needs."""
    return _document(
        [operation for service in services(PARTNERS) for operation in operations(service, PARTNERS)],
        models,
        info={"title": "Stadion for partners", "summary": "The store's side.", "description": parts.FOR_PARTNERS},
        server={"url": "/", "description": "the address that came with your key"},
        security="apiKey",
        schemes=parts.PARTNER_SECURITY_SCHEMES,
    )


def _document(
    found: list[Operation], models: Models, *, info: Document, server: Document, security: str, schemes: Document
) -> Document:
    paths: dict[str, Document] = {}
    for operation in found:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, models)
    made: Document = {
        "openapi": "3.1.0",
        "info": {"title": info["title"], "version": VERSION, "summary": info["summary"],
                 "description": info["description"]},
        "servers": [server],
        "security": [{security: []}],
        "tags": _tags(found),
        "paths": paths,
        "components": {
            "securitySchemes": schemes,
            "parameters": parts.PARAMETERS,
            "headers": parts.HEADERS,
            "responses": _shared_responses(),
            "examples": {},
            "schemas": dict(sorted({**models.behind(paths), **_own_schemas()}.items())),
        },
    }  # fmt: skip
    made["components"]["examples"] = _used(made, {**parts.EXAMPLES, **_error_examples(found)})
    return _without_what_is_unused(made)


def _tags(found: list[Operation]) -> list[Document]:
    """Service by service, each in the order of its `contract.toml`; then those of several."""
    used = {tag: operation.service for operation in found for tag in operation.route.tags}
    owners = dict.fromkeys(operation.service for operation in found)
    known = {tag: words for owner in owners for tag, words in Words.of(owner).tags.items()} | parts.TAGS
    for tag in sorted(used.keys() - known.keys()):
        raise ContractError(f"the tag {tag} has no words: say what belongs to it in {_words_of(used[tag])}, [tags]")
    return [{"name": tag, "description": words} for tag, words in known.items() if tag in used]


def _words_of(service: str) -> str:
    return (FUNCTIONS / service / WORDS).relative_to(ROOT).as_posix()


def merged(documents: list[Document]) -> Document:
    """One document of several; of examples, which differ by the path alone, the first."""
    whole: Document = json.loads(json.dumps(documents[0]))
    for one in documents[1:]:
        whole["tags"] += [tag for tag in one["tags"] if tag not in whole["tags"]]
        if twice := [name for name, times in Counter(tag["name"] for tag in whole["tags"]).items() if times > 1]:
            raise ContractError(f"two services explain the tag {', '.join(twice)}, each otherwise")
        if twice := sorted(whole["paths"].keys() & one["paths"].keys()):
            raise ContractError(f"two services serve {', '.join(twice)}")
        whole["paths"] |= one["paths"]
        for kind, named in one["components"].items():
            whole["components"][kind] = named | whole["components"].get(kind, {})
    order = (("parameters", parts.PARAMETERS), ("headers", parts.HEADERS), ("responses", _shared_responses()))
    components = whole["components"]
    for kind, known in order:
        components[kind] = {name: components[kind][name] for name in known if name in components[kind]}
    examples = components["examples"]
    first = [name for name in parts.EXAMPLES if name in examples]
    components["examples"] = {name: examples[name] for name in [*first, *sorted(examples.keys() - set(first))]}
    components["schemas"] = dict(sorted(components["schemas"].items()))
    return whole


def _without_what_is_unused(made: Document) -> Document:
    """Until nothing more falls away: what is used by the unused is unused as well."""
    while True:
        text = json.dumps(made)
        kept = {
            kind: {
                name: part
                for name, part in named.items()
                if kind == "securitySchemes" or f'"#/components/{kind}/{name}"' in text
            }
            for kind, named in made["components"].items()
        }
        if kept == made["components"]:
            return {**made, "components": {kind: named for kind, named in kept.items() if named}}
        made = {**made, "components": kept}


def _used(made: Document, examples: Document) -> Document:
    text = json.dumps(made)
    return {name: example for name, example in examples.items() if f'"#/components/examples/{name}"' in text}


def check_ids(found: Iterable[Operation]) -> None:
    twice = [name for name, times in Counter(operation.id for operation in found).items() if times > 1]
    if twice:
        raise ContractError(f"two functions of routes have the same name: {', '.join(twice)}")


def check_routes(found: Iterable[Operation]) -> None:
    """Of two routes that one request fits the resolver takes the first, and the document would show the last."""
    first: dict[tuple[str, str], Operation] = {}
    for operation in found:
        key = (operation.method, PARAMETER.sub("{}", operation.path))
        other = first.setdefault(key, operation)
        if other is not operation:
            raise ContractError(f"{other.id} and {operation.id} serve the same: {key[0].upper()} {operation.path}")


def check_declarations(found: Iterable[Operation]) -> None:
    """What mypy lets pass: a kind of errors has no code, and is no answer."""
    for operation in found:
        for error in operation.contract.raises:
            if error not in NO_PROBLEM and not (issubclass(error, StadionError) and hasattr(error, "code")):
                raise ContractError(f"{operation.id} raises {error.__name__}, which has no code: name the error itself")


def _own_schemas() -> Document:
    return {
        "Problem": parts.PROBLEM_SCHEMA,
        "ProblemEntry": parts.PROBLEM_ENTRY_SCHEMA,
        "GatewayMessage": parts.GATEWAY_SCHEMA,
    }


# --- models ---------------------------------------------------------------------------------------------------------


def wanted() -> Iterator[Wanted]:
    """By operation and what for, of all APIs."""
    found = [one for point in ("api", PARTNERS) for service in services(point) for one in operations(service, point)]
    check_ids(found)
    check_routes(found)
    check_declarations(found)
    for operation in found:
        for number, kind in enumerate(_parameter_types(operation)):
            yield (operation.id, f"parameter {number}"), "sent", kind
        if (body := _request_type(operation)) is not None:
            yield (operation.id, "request"), "sent", body
        if (answer := _response_type(operation)) is not None:
            yield (operation.id, "response"), "shown", answer


def _parameter_types(operation: Operation) -> list[Any]:
    dependant = operation.route.dependant
    return [field.field_info.annotation for field in [*dependant.path_params, *dependant.query_params]]


def _request_type(operation: Operation) -> Any:
    body = operation.route.dependant.body_params
    return body[0].field_info.annotation if body else None


def _response_type(operation: Operation) -> Any:
    returned = get_type_hints(operation.function).get("return")
    if get_origin(returned) is Response:
        returned = get_args(returned)[0]
    return None if returned is type(None) else returned


def _example(operation: Operation) -> Document:
    """The fields that have an example; of a patch only the last, since it changes what it names."""
    model = _request_type(operation)
    schema = TypeAdapter(model).json_schema(schema_generator=Schemas)
    if "properties" not in schema:
        return {}  # one of several: docs/how-to has whole ones
    fields = schema["properties"].items()
    found = {name: examples[0] for name, field in fields if (examples := _examples(field))}
    if operation.method == "patch":
        return dict(list(found.items())[-1:])
    needed = set(schema.get("required", []))
    return {
        name: found.get(name, _any_value(field, schema)) for name, field in fields if name in found or name in needed
    }


def _any_value(field: Document, schema: Document) -> Any:
    field = field.get("anyOf", [field])[0]
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rpartition("/")[2]]
    if "enum" in field:
        return field["enum"][0]
    return field.get("const", True if field.get("type") == "boolean" else "…")


def _examples(field: Document) -> list[Any]:
    for kind in [field, *field.get("anyOf", [])]:
        if kind.get("examples"):
            return list(kind["examples"])
    return []


# --- operations -----------------------------------------------------------------------------------------------------


def _operation(operation: Operation, models: Models) -> Document:
    route = operation.route
    made: Document = {"operationId": operation.id, "tags": sorted(route.tags), "summary": route.summary}
    if words := route.description or _docstring(operation):
        made["description"] = words
    made["parameters"] = [*_own_parameters(operation), *_header_parameters(operation)]
    if (body := models.by_key.get((operation.id, "request"))) is not None:
        media = [MERGE_PATCH, JSON] if operation.method == "patch" else [JSON]
        example = {"example": shown} if (shown := _example(operation)) else {}
        made["requestBody"] = {
            "required": not _may_be_left_out(body),
            "content": {kind: {"schema": body, **example} for kind in media},
        }
    made["responses"] = {
        **_successes(operation, models.by_key.get((operation.id, "response"))),
        **_failures(operation),
    }
    if PUBLIC_PATHS.fullmatch(operation.path):
        made["security"] = []
    elif SIGNED_PATHS.fullmatch(operation.path):
        made["security"] = [{"sigV4": []}]
    if abilities := abilities_of(operation.function):
        made[ABILITIES] = [ability.value for ability in abilities]
    return {key: value for key, value in made.items() if value != [] or key == "security"}


def _may_be_left_out(body: Document) -> bool:
    return {"type": "null"} in body.get("anyOf", [])


def _docstring(operation: Operation) -> str:
    """Without its indentation, which the compiler of Python 3.13 takes away and those before leave in."""
    return inspect.cleandoc(operation.function.__doc__ or "")


def _own_parameters(operation: Operation) -> list[Document]:
    generated = (
        api_of(operation.service, operation.entry_point)
        .get_openapi_schema(title="Stadion")
        .model_dump(by_alias=True, exclude_none=True)
    )
    own = generated["paths"][operation.path][operation.method].get("parameters", [])
    return [_parameter(json.loads(json.dumps(parameter, default=str)), operation) for parameter in own]


def _parameter(generated: Document, operation: Operation) -> Document:
    name = str(generated["name"])
    schema = _plain_schema(with_known_limits(generated["schema"]))
    made: Document = {"name": name, "in": generated["in"].split(".")[-1], "required": bool(generated.get("required"))}
    words = schema.pop("description", None) or {**parts.PARAMETER_WORDS, **Words.of(operation.service).parameters}.get(
        name
    )
    if not words:
        place = _words_of(operation.service)
        raise ContractError(f"the parameter {name} of {operation.id} has no words: say them in {place}, [parameters]")
    return {**made, "description": words, "schema": schema}


def _plain_schema(schema: Document) -> Document:
    """A parameter is there or not, never null; whole limits are whole numbers; its title would repeat its name."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    merged = {**schema, **kinds[0]} if len(kinds) == 1 else dict(schema)
    if len(kinds) == 1:
        merged.pop("anyOf")
    merged.pop("title", None)
    if merged.get("default", 0) is None:
        del merged["default"]
    return {key: int(v) if isinstance(v, float) and v.is_integer() else v for key, v in merged.items()}


def _header_parameters(operation: Operation) -> list[Document]:
    raises = operation.contract.raises
    wanted = {
        "IfMatch": IfMatchRequiredError in raises,
        "IfNoneMatch": NotModifiedError in raises,
        "IdempotencyKey": _is_keyed(operation),
        "AuditReason": SIGNED_PATHS.fullmatch(operation.path) is not None,
    }
    named = [*(name for name, there in wanted.items() if there), "AcceptLanguage", "CorrelationId"]
    return [parts.parameter(name) for name in named]  # not of the path: Swagger UI does not follow references there


def _is_keyed(operation: Operation) -> bool:
    """Whether it takes an `Idempotency-Key`: partners' keys are the ids of their webhooks."""
    return InvalidIdempotencyKeyError in operation.contract.raises and not PARTNER_PATHS.fullmatch(operation.path)


# --- answers --------------------------------------------------------------------------------------------------------


def _successes(operation: Operation, schema: Document | None) -> Document:
    status = operation.route.status_code
    declared = operation.route.responses or {}
    if content := declared.get(status, {}).get("content"):
        return {str(status): _file(declared[status]["description"], content), **_elsewhere(operation)}
    if schema == {"type": "string"}:
        raise ContractError(f"{operation.id} answers a text: its route declares with `responses` of which content type")
    answers = {status: PHRASES[status], **{code: answer["description"] for code, answer in declared.items()}}
    made = {str(code): _success(words, operation, schema) for code, words in sorted(answers.items())}
    if NotModifiedError in operation.contract.raises:
        made["304"] = {"description": "The client has the current version.",
                       "headers": parts.headers("X-Correlation-Id", "ETag")}  # fmt: skip
    return {**made, **_elsewhere(operation)}


def _elsewhere(operation: Operation) -> Document:
    if AnswerElsewhere not in operation.contract.raises:
        return {}
    words = (
        "The answer is too large to be given here: `Location` is where it lies for five minutes, as it was asked for "
        "(format, encoding). Follow it with GET and without the access token."
    )
    return {"303": {"description": words, "headers": parts.headers("X-Correlation-Id", "Location")}}


def _file(words: str, content: Document) -> Document:
    return {
        "description": words,
        "headers": parts.headers("X-Correlation-Id", "Content-Disposition"),
        "content": {kind: {"schema": {"type": "string"}} for kind in content},
    }


def _success(words: str, operation: Operation, schema: Document | None) -> Document:
    contract = operation.contract
    replayed = ["Idempotency-Replayed"] if _is_keyed(operation) else []
    limits = ["RateLimit-Policy", "RateLimit"] if _is_counted(operation) else []
    named = ["X-Correlation-Id", *contract.headers, *replayed, *limits]
    made: Document = {"description": words, "headers": parts.headers(*named)}
    if schema is not None:
        made["content"] = {JSON: {"schema": schema}}
    return made


def _failures(operation: Operation) -> Document:
    by_status: defaultdict[int, list[Document]] = defaultdict(list)
    for error in _errors(operation):
        by_status[_status(error)].append({error.code: {"$ref": f"#/components/examples/{error.code}"}})
    if _request_type(operation) is not None:
        by_status[400].append({"request_is_invalid": {"$ref": "#/components/examples/BodyIsNotJson"}})
    if _can_be_invalid(operation):
        by_status[422].append({"request_is_invalid": {"$ref": "#/components/examples/ValueIsRefused"}})
    made = {status: _failure(status, examples) for status, examples in by_status.items()}
    if HTTPStatus.FORBIDDEN in made and not PUBLIC_PATHS.fullmatch(operation.path):
        made[403]["content"].update(parts.GATEWAY_CONTENT)
    for status, name in _shared(operation).items():
        joined = _joined(made[status], name) if status in made else None
        made[status] = joined or {"$ref": f"#/components/responses/{name}"}
    return {str(status): made[status] for status in sorted(made)}


def _errors(operation: Operation) -> list[type[StadionError]]:
    """What the route declares, and of admins' routes what they all do."""
    signed = [NotAnAdminError] if SIGNED_PATHS.fullmatch(operation.path) else []
    return sorted([*operation.contract.errors, *signed], key=lambda error: error.code)


def _error_examples(found: list[Operation]) -> Document:
    """Each at the first path where it can happen."""
    made: Document = {}
    for operation in found:
        for error in _errors(operation):
            made.setdefault(error.code, parts.problem_example(error, operation.path))
    return dict(sorted(made.items()))


def every_error() -> list[type[StadionError]]:
    """Every error with a code that the services know."""
    for api in ("api", PARTNERS):
        for service in services(api):
            for entry_point in points_of(api, service):
                api_of(service, entry_point)
    found: list[type[StadionError]] = []
    queue: list[type[StadionError]] = [StadionError]
    while queue:
        kind = queue.pop()
        queue += kind.__subclasses__()
        if "code" in vars(kind):
            found.append(kind)
    return sorted(found, key=lambda error: (error.code, error.__module__))


def _failure(status: int, examples: list[Document]) -> Document:
    named = {code: example for entry in examples for code, example in entry.items()}
    codes = ", ".join(f"`{code}`" for code in named)
    return {
        "description": f"{PHRASES[status]}: {codes}",
        "headers": parts.headers("X-Correlation-Id"),
        "content": {parts.PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": named}},
    }


def _joined(own: Document, name: str) -> Document | None:
    """What the route itself says with a status, beside what everybody may be told with it; None: it is nothing else."""
    shared = _shared_responses()[name]
    examples = [one["content"][parts.PROBLEM_JSON].get("examples", {}) for one in (own, shared)]
    if examples[0].keys() <= examples[1].keys():
        return None
    problem = own["content"][parts.PROBLEM_JSON] | {"examples": examples[0] | examples[1]}
    return {
        "description": f"{own['description']}. {shared['description']}",
        "headers": own["headers"] | shared.get("headers", {}),
        "content": {**shared["content"], parts.PROBLEM_JSON: problem},
    }


def _can_be_invalid(operation: Operation) -> bool:
    """A path parameter that is any text cannot be: no type but text, and no pattern."""
    dependant = operation.route.dependant
    typed = [
        field for field in dependant.path_params if field.field_info.annotation is not str or field.field_info.metadata
    ]
    return bool(typed or dependant.query_params or dependant.body_params)


def _shared(operation: Operation) -> dict[int, str]:
    shared = {429: "TooManyRequests", 500: "UnexpectedError"}
    if _request_type(operation) is not None:
        shared[415] = "UnsupportedMediaType"
    if SIGNED_PATHS.fullmatch(operation.path):
        return shared | {403: "NotSigned"}
    if PARTNER_PATHS.fullmatch(operation.path):
        return shared | {403: "NotLetIn"}
    if not PUBLIC_PATHS.fullmatch(operation.path):
        return shared | {401: "NoValidToken"} | ({403: "NotAnAccessToken"} if not _own_403(operation) else {})
    return shared


def _is_counted(operation: Operation) -> bool:
    """Of an athlete: who signs, or is nobody yet, has no item to be counted in."""
    others = (SIGNED_PATHS, PARTNER_PATHS, PUBLIC_PATHS)
    return not any(paths.fullmatch(operation.path) for paths in others)


def _status(error: type[StadionError]) -> int:
    return status_of(error.__new__(error))


def _own_403(operation: Operation) -> bool:
    return any(_status(error) == HTTPStatus.FORBIDDEN for error in _errors(operation))


def _shared_responses() -> Document:
    gateway = parts.GATEWAY_CONTENT
    correlation = parts.headers("X-Correlation-Id")
    return {
        "NoValidToken": {
            "description": "No access token, or one that is over or damaged.",
            "content": {**gateway, **_problem_content()},
        },
        "NotAnAccessToken": {
            "description": "The id token was sent instead of the access token.",
            "content": gateway,
        },
        "NotSigned": {
            "description": "Not signed, or by somebody who is not allowed to.",
            "content": {**gateway, **_problem_content("signed_request_required")},
        },
        "NotLetIn": {
            "description": "A key that is not valid (`api_key_is_invalid`), of a partner that was disabled "
            "(`partner_is_disabled`), or without any of the operation's abilities (`partner_may_not`).",
            "content": _problem_content(),
        },
        "UnsupportedMediaType": {
            "description": "The body is not JSON.",
            "headers": correlation,
            "content": _problem_content(),
        },
        "TooManyRequests": {
            "description": "Wait and try again: `too_many_requests`, or the gateway's own limit.",
            "headers": parts.headers("Retry-After", "RateLimit-Policy", "RateLimit"),
            "content": {**gateway, **_problem_content("too_many_requests")},
        },
        "UnexpectedError": {
            "description": "Our fault, and recorded.",
            "headers": correlation,
            "content": _problem_content("UnexpectedError"),
        },
    }


def _problem_content(*examples: str) -> Document:
    media: Document = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if examples:
        media["examples"] = {name: {"$ref": f"#/components/examples/{name}"} for name in examples}
    return {parts.PROBLEM_JSON: media}
