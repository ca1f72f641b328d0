"""Who opens a connection: by an access token of our user pool, or by a share link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stadion import standing
from stadion.i18n import Language, named_language
from stadion.values import Value
from telemetry.athletes import store as people
from telemetry.live.audience import store as audience_store
from telemetry.live.audience.domain import link_id_of
from telemetry.live.socket.tokens import claims_of


class Caller(Value):
    """The context that API Gateway gives with every message of the connection: either the athlete, or the link."""

    user_id: str | None = None
    athlete_id: str | None = None
    session_id: str | None = None
    link_id: str | None = None
    language: Language = Language.EN
    signed_in: str | None = None
    """The session of the athlete's token, `origin_jti`."""
    issued_s: int | None = None
    """Of that token, in seconds since 1970."""

    def context(self) -> dict[str, str]:
        """Texts, which is all that API Gateway passes on."""
        return {name: str(value) for name, value in self.model_dump(mode="json", exclude_none=True).items()}

    def check_standing(self) -> None:
        """`SessionOverError`, `SuspendedError`. Whoever came by a link has none."""
        if self.user_id is not None:
            standing.check(self._token())

    def ask(self) -> None:
        """The same, of what counts as a request does; `TooFastError` besides."""
        if self.user_id is not None:
            standing.admit(self._token())

    def _token(self) -> dict[str, Any]:
        return {"sub": self.user_id, "token_use": "access", "iat": self.issued_s, "origin_jti": self.signed_in}


def caller(headers: Mapping[str, str], query: Mapping[str, str], now: datetime) -> Caller:
    """`Authorization: Bearer …` or `?token=` (browsers cannot send headers); `?share_token=` for a link."""
    sent = {name.lower(): value for name, value in headers.items()}
    language = named_language(sent.get("accept-language"))
    if share_token := query.get("share_token"):
        link = audience_store.find_link(link_id_of(share_token), now)
        about = {"athlete_id": link.user_id, "session_id": link.session_id, "link_id": link.link_id}
        return Caller(**about, language=language or Language.EN)
    token = _bearer(sent.get("authorization", "")) or query.get("token") or ""
    return _athlete(claims_of(token), language)


def _bearer(authorization: str) -> str | None:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _athlete(claims: Mapping[str, Any], language: Language | None) -> Caller:
    """Whoever names no language has that of their profile."""
    session = standing.session_of(claims) or None
    found = Caller(user_id=str(claims["sub"]), signed_in=session, issued_s=int(claims["iat"]))
    found.ask()
    own = language or people.reader_of(str(claims["sub"])).language
    return found.model_copy(update={"language": own})
