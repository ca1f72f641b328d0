"""Access tokens of our user pool, judged by its public keys (RFC 7519, RFC 7517), as the HTTP API's authorizer does.

Cognito's GetUser would judge them too, but takes no token of ours: they lack the scope by which an athlete's app could
change what only Stadion may change.
"""

import time
from functools import cache
from typing import Any, Final

from stadion.errors import InvalidTokenError, UnavailableError
from stadion.i18n import Text
from stadion.settings import load
from telemetry.live.settings import ConnectSettings

ATHLETE: Final = "stadion/athlete"
"""The scope of an athlete's tokens, which the HTTP API's routes want, too."""
KEYS_LAST_S: Final = 60.0
"""Before a token with an unknown key has them asked for again: whoever makes up keys costs one request a minute."""
LEEWAY_S: Final = 5
"""Between Cognito's clock and ours."""
CLAIMS: Final = ("sub", "origin_jti", "iat", "token_use")
"""What is passed on: whose, of which session, of when."""


class CannotCheckTokenError(UnavailableError):
    code = "token_not_checked"
    title = Text(en="Not checked", ru="Не проверено")
    explanation = Text(
        en="The token could not be checked. Connect again in a moment.",
        ru="Не удалось проверить токен. Подключитесь чуть позже.",
    )


class _Keys:
    """The pool's, as they were published last."""

    def __init__(self) -> None:
        self._set: Any = None
        self._asked_at = 0.0

    def of(self, token: Any) -> Any:
        """The one that the token names; if it is not known, they are asked for again."""
        kid = token.headers().get("kid")
        key = self._find(kid)
        if key is None and (self._set is None or time.monotonic() - self._asked_at > KEYS_LAST_S):
            from joserfc.jwk import KeySet

            self._set = KeySet.import_key_set(published_keys())
            self._asked_at = time.monotonic()
            key = self._find(kid)
        if key is None:
            raise InvalidTokenError
        return key

    def _find(self, kid: Any) -> Any:
        return next((key for key in self._set.keys if key.kid == kid), None) if self._set is not None else None


@cache
def keys() -> _Keys:
    return _Keys()


def claims_of(token: str) -> dict[str, Any]:
    """`CLAIMS` of a good access token of ours. `InvalidTokenError`, or `CannotCheckTokenError` without the keys."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    ours = load(ConnectSettings)
    wanted = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": ours.issuer},
        client_id={"essential": True, "value": ours.user_pool_client_id},
        token_use={"essential": True, "value": "access"},
        sub={"essential": True},
        iat={"essential": True},
        exp={"essential": True},
    )
    try:
        decoded = jwt.decode(token, keys().of, algorithms=["RS256"])
        wanted.validate(decoded.claims)
    except (JoseError, ValueError) as error:
        raise InvalidTokenError from error
    if ATHLETE not in str(decoded.claims.get("scope", "")).split():
        raise InvalidTokenError
    return {name: decoded.claims[name] for name in CLAIMS if name in decoded.claims}


def published_keys() -> Any:
    import urllib3

    try:
        answer = urllib3.request("GET", load(ConnectSettings).keys_url, timeout=3, retries=1)
        if answer.status == 200:
            return answer.json()
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise CannotCheckTokenError from error
    raise CannotCheckTokenError
