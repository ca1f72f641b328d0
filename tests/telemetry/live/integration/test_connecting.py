"""Who may open a connection."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from telemetry.live.socket import identity
from tests.kit.services import ATHLETE, Service
from tests.telemetry.live.integration.world import SESSION, do, start


class FakeCognito:
    """Says yes to every token, as it does for those of anybody's pool."""

    def __init__(self, refusal: str | None = None) -> None:
        self.refusal = refusal

    def get_user(self, AccessToken: str) -> None:  # noqa: N803
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": ""}}, "GetUser")


OURS = {"sub": ATHLETE, "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ours", "client_id": "app"}


def token_of(**claims: Any) -> str:
    payload = json.dumps({**OURS, "token_use": "access", **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.sig"


class TestConnecting:
    @pytest.fixture(autouse=True)
    def pool(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setenv("STADION_USER_POOL_ID", "us-east-1_ours")
        telemetry.monkeypatch.setenv("STADION_USER_POOL_CLIENT_ID", "app")
        telemetry.monkeypatch.setattr(identity, "client", FakeCognito)

    def ask(self, telemetry: Service, *, query: Any = None, **headers: str) -> Any:
        event = {"methodArn": "arn:x/live/$connect", "headers": headers or None, "queryStringParameters": query}
        answer = telemetry.invoke("on_socket_connect", event)
        allowed = answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
        return answer["context"] if allowed else None

    def test_by_header_or_by_query(self, telemetry: Service) -> None:
        me = {"user_id": ATHLETE, "language": "en"}
        assert self.ask(telemetry, Authorization=f"Bearer {token_of()}") == me
        russian = {"Accept-Language": "ru"}
        assert self.ask(telemetry, query={"token": token_of()}, **russian) == {**me, "language": "ru"}

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "garbage",
            "a.b.c",
            token_of(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_theirs"),
            token_of(client_id="another app"),
            token_of(token_use="id"),
            token_of(sub=""),
        ],
    )
    def test_what_is_not_an_access_token_of_ours_opens_nothing(self, telemetry: Service, token: str) -> None:
        assert self.ask(telemetry, query={"token": token}) is None

    def test_what_cognito_refuses_opens_nothing(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setattr(identity, "client", lambda: FakeCognito("NotAuthorizedException"))
        assert self.ask(telemetry, query={"token": token_of()}) is None

    def test_a_token_that_cannot_be_checked_is_not_called_bad(self, telemetry: Service) -> None:
        telemetry.monkeypatch.setattr(identity, "client", lambda: FakeCognito("TooManyRequestsException"))
        with pytest.raises(identity.CannotCheckTokenError):
            self.ask(telemetry, query={"token": token_of()})

    def test_a_link_opens_its_session_only(self, telemetry: Service) -> None:
        start(telemetry)
        link = do(telemetry, "share-links").body
        found = self.ask(telemetry, query={"share_token": link["share_token"]})
        about = {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}
        assert found == {**about, "language": "en"}
        assert self.ask(telemetry, query={"share_token": link["link_id"]}) is None
