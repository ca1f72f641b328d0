"""Who may open a connection."""

import time
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from stadion import standing
from stadion.change import Change
from telemetry.live.socket import tokens
from tests.kit.services import ATHLETE, Service
from tests.telemetry.live.integration.world import SESSION, do, start

KEY: Final = RSAKey.generate_key(2048, parameters={"kid": "ours"})
THEIRS: Final = RSAKey.generate_key(2048, parameters={"kid": "ours"})
ISSUER: Final = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ours"
OURS: Final = {
    "sub": ATHLETE,
    "iss": ISSUER,
    "client_id": "app",
    "token_use": "access",
    "origin_jti": "phone",
    "scope": "openid stadion/athlete",
}


def token_of(key: Any = KEY, *, alg: str = "RS256", kid: str = "ours", **claims: Any) -> str:
    now = int(time.time())
    told = {**OURS, "iat": now, "exp": now + 900, **claims}
    algorithms = ["RS256", "HS256", "none"]
    return jwt.encode({"alg": alg, "kid": kid}, told, key, algorithms=algorithms)


class TestConnecting:
    @pytest.fixture(autouse=True)
    def pool(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setenv("STADION_USER_POOL_ID", "us-east-1_ours")
        telemetry.monkeypatch.setenv("STADION_USER_POOL_CLIENT_ID", "app")
        self.asked = 0

        def published() -> Any:
            self.asked += 1
            return KeySet([KEY]).as_dict()

        telemetry.monkeypatch.setattr(tokens, "published_keys", published)
        tokens.keys.cache_clear()

    def ask(self, telemetry: Service, *, query: Any = None, **headers: str) -> Any:
        event = {"methodArn": "arn:x/live/$connect", "headers": headers or None, "queryStringParameters": query}
        answer = telemetry.invoke("on_socket_connect", event)
        allowed = answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        return answer["context"] if allowed else None

    def test_by_header_or_by_query(self, telemetry: Service) -> None:
        token = token_of(iat=1_700_000_000)
        me = {"user_id": ATHLETE, "language": "en", "signed_in": "phone", "issued_s": "1700000000"}
        assert self.ask(telemetry, Authorization=f"Bearer {token}") == me
        russian = {"Accept-Language": "ru"}
        assert self.ask(telemetry, query={"token": token}, **russian) == {**me, "language": "ru"}
        assert self.asked == 1

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "garbage",
            "a.b.c",
            token_of(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_theirs"),
            token_of(iss=f"https://evil.example/{ISSUER}"),
            token_of(client_id="another app"),
            token_of(token_use="id"),
            token_of(sub=""),
            token_of(scope="aws.cognito.signin.user.admin"),
            token_of(scope="stadion/athletes"),
            token_of(exp=int(time.time()) - 60),
            token_of(nbf=int(time.time()) + 3600),
            token_of(THEIRS),
            token_of(THEIRS, kid="theirs"),
            token_of(OctKey.import_key(KEY.as_dict(private=False)["n"]), alg="HS256"),
            token_of(None, alg="none"),
            token_of()[:-2],
        ],
    )
    def test_what_is_not_an_access_token_of_ours_opens_nothing(self, telemetry: Service, token: str) -> None:
        assert self.ask(telemetry, query={"token": token}) is None

    def test_made_up_keys_do_not_have_the_real_ones_asked_for_each_time(self, telemetry: Service) -> None:
        for number in range(5):
            assert self.ask(telemetry, query={"token": token_of(THEIRS, kid=f"made up {number}")}) is None
        assert self.asked == 1
        telemetry.monkeypatch.setattr(tokens, "KEYS_LAST_S", -1.0)
        assert self.ask(telemetry, query={"token": token_of(THEIRS, kid="made up")}) is None
        assert self.asked == 2

    def test_a_token_that_cannot_be_checked_is_not_called_bad(self, telemetry: Service) -> None:
        def nobody_answers() -> Any:
            raise tokens.CannotCheckTokenError

        telemetry.monkeypatch.setattr(tokens, "published_keys", nobody_answers)
        with pytest.raises(tokens.CannotCheckTokenError):
            self.ask(telemetry, query={"token": token_of()})

    def test_a_token_of_a_session_that_is_over_opens_nothing(self, telemetry: Service) -> None:
        now = datetime.now(UTC)
        with Change(ATHLETE, now) as change:
            standing.end_sessions(ATHLETE, now, change=change)

        assert self.ask(telemetry, query={"token": token_of()}) is None
        assert self.ask(telemetry, query={"token": token_of(iat=int(time.time()) + 2)}) is not None

    def test_a_link_opens_its_session_only(self, telemetry: Service) -> None:
        start(telemetry)
        link = do(telemetry, "share-links").body
        found = self.ask(telemetry, query={"share_token": link["share_token"]})
        about = {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}
        assert found == {**about, "language": "en"}
        assert self.ask(telemetry, query={"share_token": link["link_id"]}) is None
