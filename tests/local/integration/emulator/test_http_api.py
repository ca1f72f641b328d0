"""The HTTP API: JWT and IAM routes, CORS, and what an error says."""

import base64
import json
import time
from typing import Any

import httpx
import pytest

from tests.kit.stack import WAIT_S
from tests.local.integration.emulator.workshop import UserPool, Workshop

ORIGIN = "https://app.stadion.example"


@pytest.fixture(scope="module")
def api(workshop: Workshop, pool: UserPool) -> str:
    """Made by CloudFormation, as ours is: that is where its CORS used to be lost."""
    names = {name: workshop.function(name) for name in ("echo", "fails", "nothing")}
    template = _api_template(pool, names)
    stack = workshop.name("stack")
    workshop.aws.cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    workshop.aws.cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    (found,) = workshop.aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return f"{workshop.aws.endpoint}/_aws/execute-api/{found['Outputs'][0]['OutputValue']}"


@pytest.mark.parametrize(
    "token", [None, "garbage", "Bearer garbage", "Bearer a.b.c"], ids=["none", "garbage", "bearer", "three parts"]
)
def test_a_request_without_a_token_of_ours_is_401(api: str, token: str | None) -> None:
    headers = {"Authorization": token} if token else {}

    assert httpx.get(f"{api}/v1/me", headers=headers, timeout=WAIT_S).status_code == 401


def test_a_changed_or_unsigned_token_is_401(api: str, pool: UserPool, athlete: str) -> None:
    head, payload, signature = pool.sign_in(athlete)["AccessToken"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

    later = _encoded({**claims, "exp": claims["exp"] + 9999})
    unsigned = _encoded({"alg": "none", "typ": "JWT"})

    for token in (f"{head}.{later}.{signature}", f"{unsigned}.{payload}.", f"{head}.{payload}."):
        assert (
            httpx.get(f"{api}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).status_code == 401
        )


def test_an_expired_token_is_401(api: str, pool: UserPool, athlete: str, workshop: Workshop) -> None:
    short = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}}
    workshop.aws.cognito.update_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id, **short)  # type: ignore[arg-type]
    token = pool.sign_in(athlete)["AccessToken"]

    hour = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "hours"}}
    workshop.aws.cognito.update_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id, **hour)  # type: ignore[arg-type]

    time.sleep(2.1)

    assert httpx.get(f"{api}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).status_code == 401


def test_the_function_sees_the_claims_as_strings(api: str, pool: UserPool, athlete: str) -> None:
    cognito = pool.aws.cognito
    cognito.create_group(UserPoolId=pool.pool_id, GroupName="admin")
    cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username=athlete, GroupName="admin")
    token = pool.sign_in(athlete)["AccessToken"]

    event = httpx.get(f"{api}/v1/me?a=1&a=2", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).json()

    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    assert claims["token_use"] == "access"
    assert claims["client_id"] == pool.client_id
    assert claims["cognito:groups"] == "[admin]"
    assert all(isinstance(value, str) for value in claims.values())
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /v1/me"
    assert event["rawPath"] == "/v1/me"
    assert event["queryStringParameters"] == {"a": "1,2"}


def test_an_unsigned_call_of_an_iam_route_is_403(api: str) -> None:
    assert httpx.post(f"{api}/v1/admin/roles", timeout=WAIT_S).status_code == 403


def test_a_preflight_is_answered_for_the_configured_origin(api: str) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}

    answer = httpx.options(f"{api}/v1/me", headers=asked)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"]

    foreign = httpx.options(f"{api}/v1/me", headers={**asked, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


def test_an_answer_carries_the_cors_headers(api: str) -> None:
    answer = httpx.get(f"{api}/open", headers={"Origin": ORIGIN}, timeout=WAIT_S)

    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_a_failing_function_answers_500_and_nothing_of_its_inside(api: str) -> None:
    answer = httpx.get(f"{api}/fails", timeout=WAIT_S)

    assert answer.status_code == 500
    assert answer.json() == {"message": "Internal Server Error"}


def test_an_answer_without_a_body_is_one(api: str) -> None:
    answer = httpx.delete(f"{api}/nothing", timeout=WAIT_S)
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_unknown_route_is_404(api: str) -> None:
    assert httpx.get(f"{api}/nowhere", timeout=WAIT_S).status_code == 404


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _api_template(pool: UserPool, functions: dict[str, str]) -> dict[str, Any]:
    api = {"Ref": "Api"}
    cors = {"AllowOrigins": [ORIGIN], "AllowMethods": ["GET", "PATCH"], "AllowHeaders": ["authorization"], "MaxAge": 60}
    resources: dict[str, Any] = {
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "api", "ProtocolType": "HTTP", "CorsConfiguration": cors},
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": api, "StageName": "$default", "AutoDeploy": True},
        },
        "Users": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": api,
                "Name": "users",
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Audience": [pool.client_id], "Issuer": pool.issuer},
            },
        },
    }  # fmt: skip
    for name, function in functions.items():
        uri = f"arn:aws:lambda:{pool.aws.region}:000000000000:function:{function}"
        integration = {
            "ApiId": api,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": uri,
            "PayloadFormatVersion": "2.0",
        }
        resources[name.title()] = {"Type": "AWS::ApiGatewayV2::Integration", "Properties": integration}
    routes: dict[str, tuple[str, str, dict[str, Any]]] = {
        "Me": ("GET /v1/me", "Echo", {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": "Users"}}),
        "Roles": ("POST /v1/admin/roles", "Echo", {"AuthorizationType": "AWS_IAM"}),
        "Open": ("GET /open", "Echo", {}),
        "FailsRoute": ("GET /fails", "Fails", {}),
        "NothingRoute": ("DELETE /nothing", "Nothing", {}),
    }
    for name, (key, integration_id, more) in routes.items():
        target = {"Fn::Sub": f"integrations/${{{integration_id}}}"}
        properties = {"ApiId": api, "RouteKey": key, "Target": target, **more}
        resources[name] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
    return {"Resources": resources, "Outputs": {"Id": {"Value": api}}}
