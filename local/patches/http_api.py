"""HTTP API (API Gateway v2): CORS from CloudFormation, and errors without the inside of the function.

Trap "CORS: BROKEN through CFN": CloudFormation stores `AllowOrigins`, the data plane reads `allowOrigins`.
Trap "errors: PARTIAL": an exception or a timeout answers 502 with `errorMessage` and `errorType` in the body.
AWS answers `{"message":"Internal Server Error"}` with 500, and 503 when the function is throttled.
Trap found by our own calls: a response with `"body": null`, as a 204 has it, ends as a 500 without a body.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from ministack.services import apigateway, lambda_svc
from ministack.services.cloudformation import provisioners

from local.patches.guard import pin

Props = dict[str, Any]
_answering_http_api: ContextVar[bool] = ContextVar("stadion_answering_http_api", default=False)


def apply() -> None:
    mend_cors_of_cloudformation()
    mend_error_answers()


def mend_cors_of_cloudformation() -> None:
    pin(provisioners._apigw_v2_api_create, "0002e18b4198")
    pin(provisioners._apigw_v2_api_update, "d12d60c12ed7")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handlers["create"], handlers["update"]

    def mended_create(logical_id: str, props: Props, stack_name: str) -> Any:
        return create(logical_id, with_camel_case_cors(props), stack_name)

    def mended_update(physical_id: str, old: Props, new: Props, stack_name: str, logical_id: str | None = None) -> Any:
        return update(physical_id, with_camel_case_cors(old), with_camel_case_cors(new), stack_name, logical_id)

    handlers["create"], handlers["update"] = mended_create, mended_update


def with_camel_case_cors(props: Props) -> Props:
    cors = props.get("CorsConfiguration")
    if not cors:
        return props
    return {**props, "CorsConfiguration": {key[:1].lower() + key[1:]: value for key, value in cors.items()}}


def mend_error_answers() -> None:
    pin(apigateway._invoke_lambda_proxy, "fbe5024fcd36")
    pin(lambda_svc.lambda_execute_result_to_api_proxy_response, "36f0ed215e85")
    apigateway._invoke_lambda_proxy = _within_http_api(apigateway._invoke_lambda_proxy)
    lambda_svc.lambda_execute_result_to_api_proxy_response = _without_internals(
        lambda_svc.lambda_execute_result_to_api_proxy_response
    )


def _within_http_api(invoke: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(invoke)
    async def mended(*args: Any, **kwargs: Any) -> Any:
        token = _answering_http_api.set(True)
        try:
            return await invoke(*args, **kwargs)
        finally:
            _answering_http_api.reset(token)

    return mended


def _without_internals(convert: Callable[[Props], tuple[Props | None, str | None]]) -> Callable[..., Any]:
    @wraps(convert)
    def mended(result: Props) -> tuple[Props | None, str | None]:
        if _answering_http_api.get() and result.get("throttle"):
            return _answer(503, "Service Unavailable"), None
        if result.get("error"):
            return _answer(500 if _answering_http_api.get() else 502, "Internal Server Error"), None
        answer, error = convert(result)
        return _with_a_body(answer), error

    return mended


def _with_a_body(answer: Props | None) -> Props | None:
    """`"body": null` is an empty body on AWS; MiniStack fails on it after the function has done its work."""
    return {**answer, "body": ""} if answer and answer.get("body") is None else answer


def _answer(status: int, message: str) -> Props:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": f'{{"message":"{message}"}}',
    }
