"""17: what the HTTP API's door does with tokens, origins, signatures and addresses."""

from collections.abc import Iterator
from typing import Any, Final

from stadion_cli.base.signed import Refused, call, path_of_user
from stadion_cli.preflight.checks import Finding, judged, skipped
from stadion_cli.preflight.people import PASSWORD
from stadion_cli.preflight.world import World

PROBLEM: Final = "application/problem+json"
API: Final = "infra_cdk/stacks/platform.py"
FOREIGN: Final = "https://evil.example"


def tokens(world: World) -> Iterator[Finding]:
    anna = world.people.athlete("anna")
    without = world.people.door.answer("GET", "/v1/me").status_code
    yield judged(without == 401, "without a token: 401", f"without a token: {without}", f"the authorizer: {API}")
    made = world.people.door.answer("GET", "/v1/me", authorization=f"Bearer {anna.access_token[:-4]}AAAA").status_code
    yield judged(made == 401, "with a made-up token: 401", f"with a made-up token: {made}", f"the authorizer: {API}")
    if (id_token := _id_token(world)) is None:
        yield skipped("the id token is Cognito's alone: nobody but the function gets one here")
    else:
        other = world.people.door.answer("GET", "/v1/me", authorization=f"Bearer {id_token}").status_code
        # API Gateway says 403 where the token is good and its scope is not.
        yield judged(
            other in {401, 403},
            f"with an id token: {other}",
            f"with an id token: {other}",
            f"the scopes of the routes: {API}",
        )
    good = anna.answer("GET", "/v1/me").status_code
    yield judged(
        good == 200,
        "with an access token: 200",
        f"with an access token: {good}",
        "stadion trace, stadion logs accounts-api",
    )


def _id_token(world: World) -> str | None:
    """Asked of Cognito with the rights of whoever runs this, and the client's secret, as the function does."""
    from botocore.exceptions import ClientError

    anna = world.people.athlete("anna")
    try:
        secret = world.client("secretsmanager").get_secret_value(SecretId="stadion/platform/client")["SecretString"]
        found = world.client("cognito-idp").admin_initiate_auth(
            UserPoolId=world.outputs.require("UserPoolId"),
            ClientId=world.outputs.require("UserPoolClientId"),
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": anna.email,
                "PASSWORD": PASSWORD,
                "SECRET_HASH": _secret_hash(anna.email, world.outputs.require("UserPoolClientId"), secret),
            },
        )
    except ClientError:
        return None
    return str(found["AuthenticationResult"]["IdToken"])


def _secret_hash(username: str, client_id: str, secret: str) -> str:
    import base64
    import hmac

    return base64.b64encode(hmac.digest(secret.encode(), (username + client_id).encode(), "sha256")).decode()


def origins(world: World) -> Iterator[Finding]:
    ours = world.environment.app_origins[0]
    for origin, allowed in ((ours, True), (FOREIGN, False)):
        asked = {
            "origin": origin,
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization",
        }
        answer = world.http.request("OPTIONS", f"{world.api}/v1/me", headers=asked)
        let = answer.headers.get("access-control-allow-origin") in {origin, "*"} and answer.is_success
        yield judged(
            let is allowed,
            f"a browser at {origin} is {'let in' if allowed else 'kept out'}",
            f"a browser at {origin} is {'kept out' if allowed else 'let in'}",
            "app_origins in infra_cdk/environments.py",
        )


def signatures(world: World) -> Iterator[Finding]:
    """An address with `+` and `@` in the path: both are signed as they are encoded."""
    anna = world.people.athlete("anna")
    try:
        found = call(world.target, "GET", path_of_user(anna.email))
        yield judged(
            found["user_id"] == anna.user_id,
            "a signed request with a+b@… in its path finds the user",
            f"it found {found['user_id']}",
            API,
        )
    except Refused as refused:
        yield judged(
            False,
            "",
            f"a signed request with a+b@… in its path: {refused.status}",
            "your identity needs execute-api:Invoke on /v1/admin/*",
        )
    if world.is_local:
        yield skipped("the emulator checks no signatures unless it runs with AUTH=true")
        return
    gateway = world.outputs.require("ApiUrl").rstrip("/")
    unsigned = world.http.get(f"{gateway}/v1/admin/audit").status_code
    yield judged(
        unsigned == 403,
        "an unsigned request of an admin: 403",
        f"an unsigned request of an admin: {unsigned}",
        f"Auth.IAM of the route: {API}",
    )


def addresses(world: World) -> Iterator[Finding]:
    answer = world.http.get(f"{world.api}/v1/there-is-nothing-{world.run.run_id}")
    yield judged(
        answer.status_code == 404 and _is_problem(answer),
        "an unknown path is our own 404",
        f"an unknown path: {answer.status_code} {answer.headers.get('content-type')}",
        f"the route $default: {API}",
    )


def passes_by_the_edge(world: World) -> Iterator[Finding]:
    if not world.has_edge:
        yield skipped("there is no edge here")
        return
    answer = world.http.get(f"{world.outputs.require('ApiUrl').rstrip('/')}/v1/health")
    yield judged(
        answer.status_code in {403, 404, 421},
        "the gateway's own name is no way past the edge",
        f"the gateway's own name answers {answer.status_code}: nobody insists on the edge",
        "docs/how-to/edge.md: deploy all without STADION_EDGE=0",
    )


def retry_after(world: World) -> Iterator[Finding]:
    """Of the brake on sign-in, which has met this address before (16), or meets it now."""
    credentials = {"email": world.run.address(world.mailbox.address, "nobody"), "password": "wrong-otters-swim-at-noon"}
    for _ in range(30):
        answer = world.people.door.answer("POST", "/v1/auth/sign-in", credentials)
        if answer.status_code == 429:
            yield judged(
                "retry-after" in answer.headers,
                "a 429 says when to come again",
                "a 429 came without Retry-After",
                "RESPONSE_HEADERS: " + API,
            )
            return
    yield judged(False, "", "thirty wrong passwords were never answered with 429", "docs/decisions/0036-brakes.md")


def _is_problem(answer: Any) -> bool:
    return str(answer.headers.get("content-type", "")).startswith(PROBLEM)
