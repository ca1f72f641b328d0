"""16: somebody registers, reads the code, signs in, refreshes, signs out everywhere."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from local.demo.client import Athlete
from stadion_cli.preflight.checks import Finding, judged, passed, skipped
from stadion_cli.preflight.people import PASSWORD
from stadion_cli.preflight.world import World

LOGS = "stadion logs accounts-api --since 10m; docs/how-to/sign-in.md"
MOST_TRIES = 30


def registers(world: World) -> Iterator[Finding]:
    athlete = world.people.athlete("anna")
    yield passed("registered, read the code in the mail, confirmed, signed in")
    claims = claims_of(athlete.access_token)
    yield judged(
        claims.get("scope") == "stadion/athlete" and claims["exp"] - claims["iat"] == 900,
        "an access token is for our API alone and lives for a quarter of an hour",
        f"the token's scope is {claims.get('scope')}, its life {claims['exp'] - claims['iat']} s",
        "the pool's trigger on_tokens and its client: infra_cdk/stacks/platform.py",
    )


def refreshes(world: World) -> Iterator[Finding]:
    """Rotation: each refresh token opens once, but for half a minute of grace."""
    device = _another_device(world)
    first = device.refresh_token
    device.refresh()
    second = device.refresh_token
    device.refresh()
    yield judged(
        len({first, second, device.refresh_token}) == 3,
        "two refreshes gave two new refresh tokens",
        "a refresh gave back the token that it took: rotation is off",
        "refresh_token_rotation_grace_period of the client: infra_cdk/stacks/platform.py",
    )
    if world.is_local or not world.wishes.long:
        yield skipped("whether a used refresh token is refused shows after its half minute of grace: --long")
        return
    yield from _reuse(device, first)


def _reuse(device: Athlete, used: str) -> Iterator[Finding]:
    import time

    time.sleep(40)
    answer = device.door.answer("POST", "/v1/auth/refresh", {"refresh_token": used})
    yield judged(
        answer.status_code == 401,
        "a used refresh token is refused after its grace",
        f"a used refresh token was answered with {answer.status_code}",
        LOGS,
    )


def signs_out_everywhere(world: World) -> Iterator[Finding]:
    device = _another_device(world)
    device.call("POST", "/v1/auth/sign-out-everywhere")
    by_access = device.answer("GET", "/v1/me").status_code
    by_refresh = device.door.answer("POST", "/v1/auth/refresh", {"refresh_token": device.refresh_token}).status_code
    yield judged(
        (by_access, by_refresh) == (401, 401),
        "signing out everywhere ended both tokens at once",
        f"after it the access token got {by_access}, the refresh token {by_refresh}",
        LOGS,
    )
    world.people.athlete("anna").sign_in(PASSWORD)


def brakes(world: World) -> Iterator[Finding]:
    """With an address of its own, so that nobody else is braked."""
    credentials = {"email": world.run.address(world.mailbox.address, "nobody"), "password": "wrong-otters-swim-at-noon"}
    codes = []
    for _ in range(MOST_TRIES):
        answer = world.people.door.answer("POST", "/v1/auth/sign-in", credentials)
        codes.append(answer.status_code)
        if answer.status_code == 429:
            break
    yield judged(
        codes[-1] == 429 and set(codes[:-1]) <= {401},
        f"guessing a password is braked: 429 at try {len(codes)}",
        f"{len(codes)} wrong passwords were answered with {sorted(set(codes))}",
        LOGS,
    )
    yield skipped(
        "Cognito's own quota (120 a second) cannot be reached by one machine: a test on the code holds its 429"
    )


def _another_device(world: World) -> Athlete:
    anna = world.people.athlete("anna")
    device = Athlete(anna.door, anna.name, anna.email, user_id=anna.user_id)
    device.sign_in(PASSWORD)
    return device


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
