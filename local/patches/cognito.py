"""Cognito user pools: codes that are checked, sign-out that signs out, refresh tokens that rotate.

Traps of MiniStack 1.5.33 (with AUTH=false, as we run it): any confirmation code confirms and the codes are always
123456 and 654321; GlobalSignOut leaves access tokens usable; refresh tokens never expire and never rotate;
ConfirmSignUp does not verify the address; a client's secret is asked for by nobody; a pool that takes users of its
admins only lets everybody sign up; one address may be two users'; triggers of tokens do not hear a user's status.
PreventUserExistenceErrors already works. A trigger of tokens that fails is a 500 with the function's stack in it,
which SDKs repeat.

The codes are read where a person would read them: in the mail, at `/_ministack/ses/messages`.
"""

import ast
import hmac
import json
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito
from ministack.services.cloudformation import provisioners

from local.patches.guard import pin

Data = dict[str, Any]
Response = tuple[int, Data, bytes]

SIGN_UP_CODE_LIVES_S: Final = 24 * 3600
RESET_CODE_LIVES_S: Final = 3600
WRONG_CODES_ALLOWED: Final = 5
CODE_FIELDS: Final = {"ConfirmSignUp": "_confirmation_code", "ConfirmForgotPassword": "_reset_code"}
ROTATED: Final = "_stadion_rotated_refresh_tokens"
WITH_SECRET: Final = frozenset({"GetTokensFromRefreshToken", "RevokeToken"})
"""They take the client's secret itself."""


def apply() -> None:
    mend_checks_before_actions()
    mend_triggers()
    mend_sign_up()
    mend_one_address_for_one_user()
    mend_confirmation_codes()
    mend_verified_address()
    mend_refresh_tokens()
    mend_rotation()


def _refused(name: str, message: str) -> Response:
    response: Response = error_response_json(name, message, 400)
    return response


def mend_checks_before_actions() -> None:
    """What MiniStack checks under AUTH=true only: secrets, auth flows, revoked and expired access tokens, codes."""
    pin(cognito._run_idp_handler, "85681acebd62")
    pin(cognito._validate_client_secret_hash, "1c4c80271afc")
    pin(cognito._access_token_error, "e5293903b714")

    def mended(handler: Callable[[Data], Response], action: str, data: Data) -> Response:
        if action in cognito._UNSIGNED_IDP_ACTIONS:
            cognito._pin_unsigned_idp_scope(data)
        error: Response | None = (
            cognito._validate_client_secret_hash(action, data)
            or _client_secret_error(action, data)
            or cognito._auth_flow_error(action, data)
            or cognito._access_token_error(data)
            or cognito._confirmation_code_error(action, data)
        )
        try:
            return error or handler(data)
        except TriggerFailedError as failed:
            return _refused("UserLambdaValidationException", str(failed))

    cognito._run_idp_handler = mended


def _client_secret_error(action: str, data: Data) -> Response | None:
    """Of the calls that take no hash."""
    if action not in WITH_SECRET:
        return None
    pool, _pool_id = cognito._pool_for_client(data.get("ClientId"))
    secret = pool["_clients"][data["ClientId"]].get("ClientSecret") if pool else None
    given = data.get("ClientSecret")
    if not secret or (isinstance(given, str) and hmac.compare_digest(given.encode(), secret.encode())):
        return None
    return _refused("NotAuthorizedException", f"Unable to verify secret for client {data['ClientId']}")


class TriggerFailedError(Exception):
    """A function of the pool refused, or could not do its work."""


def mend_triggers() -> None:
    """They hear the user's status, as on AWS. Those that fail give no tokens, and the reason as AWS words it: under
    MINISTACK_COGNITO_PRETOKEN_STRICT, which `emulator.py` sets."""
    pin(cognito._apply_pretoken_trigger, "3ea4dfabd7f5")
    pin(cognito._fake_token, "7e26f28e0883")
    apply_trigger = cognito._apply_pretoken_trigger

    @wraps(apply_trigger)
    def mended(*, pool_id: str, username: str, user_attrs: Data, **others: Any) -> Data:
        user = cognito._user_pools[pool_id]["_users"].get(username) or {}
        told = {**user_attrs, "cognito:user_status": user.get("UserStatus", "")}
        try:
            claims: Data = apply_trigger(pool_id=pool_id, username=username, user_attrs=told, **others)
        except RuntimeError as error:
            raise TriggerFailedError(f"PreTokenGeneration failed with error {_reason(error)}.") from error
        return claims

    cognito._apply_pretoken_trigger = mended


def _reason(error: RuntimeError) -> str:
    """The message of the function's exception, which MiniStack writes as a dictionary of Python."""
    told = str(error).partition(": ")[2]
    try:
        return str(ast.literal_eval(told)["errorMessage"])
    except (ValueError, SyntaxError, KeyError, TypeError):
        return told


def mend_sign_up() -> None:
    """A pool that takes users of its admins only says so, whoever asks."""
    pin(cognito._sign_up, "7c18b40cc080")
    sign_up = cognito._sign_up

    @wraps(sign_up)
    def mended(data: Data) -> Response:
        pool, _pool_id = cognito._pool_for_client(data.get("ClientId"))
        if pool and (pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly") in {True, "true"}:
            return _refused("NotAuthorizedException", "SignUp is not permitted for this user pool")
        response: Response = sign_up(data)
        return response

    cognito._sign_up = mended


def mend_one_address_for_one_user() -> None:
    """An address by which somebody signs in is taken for everybody else."""
    pin(cognito._admin_update_user_attributes, "97a3aa75318e")
    update = cognito._admin_update_user_attributes

    @wraps(update)
    def mended(data: Data) -> Response:
        pool, _missing = cognito._resolve_pool(data.get("UserPoolId"))
        user = cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
        email = cognito._attr_list_to_dict(data.get("UserAttributes", [])).get("email")
        if user and email and "email" in (pool.get("UsernameAttributes") or ()):
            other = cognito._resolve_user(pool, email)[0]
            if other and other["Username"] != user["Username"]:
                return _refused("AliasExistsException", "An account with the given email already exists.")
        response: Response = update(data)
        return response

    cognito._admin_update_user_attributes = mended


def mend_confirmation_codes() -> None:
    """Six random digits for each mail, five attempts, and an end to their life."""
    pin(cognito._send_verification_email, "bceed599b45c")
    pin(cognito._confirmation_code_error, "8b04e994a0c4")
    pin(cognito._resend_confirmation_code, "4a657342dd8d")
    pin(cognito._forgot_password, "2c3b97e277d5")
    cognito._send_verification_email = _with_a_random_code(cognito._send_verification_email)
    cognito._confirmation_code_error = _with_limits(cognito._confirmation_code_error)


def _with_a_random_code(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    def mended(pool: Data, username: str, attributes: Data, code: str, attribute_name: str = "email") -> Any:
        user, _missing = cognito._resolve_user(pool, username)
        if user:
            code = f"{secrets.randbelow(10**6):06d}"
            field = "_reset_code" if attribute_name == "password" else "_confirmation_code"
            user[field] = code
            user[f"{field}_issued"] = {"at": time.time(), "wrong": 0}
        return send(pool, username, attributes, code, attribute_name)

    return mended


def _with_limits(check: Callable[[str, Data], Response | None]) -> Callable[[str, Data], Response | None]:
    @wraps(check)
    def mended(action: str, data: Data) -> Response | None:
        field = CODE_FIELDS.get(action)
        if field is None:
            return None
        pool, _pool_id = cognito._pool_for_client(data.get("ClientId"))
        user = cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
        issued = (user or {}).get(f"{field}_issued")
        if user and issued:
            if refused := _worn_out(action, issued):
                return refused
            if user.get(field) != data.get("ConfirmationCode"):
                issued["wrong"] += 1
        return check(action, data)

    return mended


def _worn_out(action: str, issued: Data) -> Response | None:
    lives = SIGN_UP_CODE_LIVES_S if action == "ConfirmSignUp" else RESET_CODE_LIVES_S
    if time.time() - issued["at"] > lives:
        return _refused("ExpiredCodeException", "Invalid code provided, please request a code again.")
    if issued["wrong"] >= WRONG_CODES_ALLOWED:
        return _refused("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    return None


def mend_verified_address() -> None:
    """ConfirmSignUp verifies the address that received the code."""
    pin(cognito._confirm_sign_up, "e9557b08401a")
    confirm = cognito._confirm_sign_up

    @wraps(confirm)
    def mended(data: Data) -> Response:
        response: Response = confirm(data)
        pool, _pool_id = cognito._pool_for_client(data.get("ClientId"))
        user = cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
        if response[0] < 400 and user and "email" in cognito._attr_list_to_dict(user["Attributes"]):
            verified = [{"Name": "email_verified", "Value": "true"}]
            user["Attributes"] = cognito._merge_attributes(user["Attributes"], verified)
        return response

    cognito._confirm_sign_up = mended


def mend_refresh_tokens() -> None:
    """A refresh token ends with its time, its user's sign-out, its revocation and its rotation."""
    pin(cognito._refresh_auth_user, "d5b6dbd246a8")
    pin(cognito._global_sign_out, "72f3b439c401")
    pin(cognito._admin_user_global_sign_out, "558fadc9c08c")
    pin(cognito._revoke_token, "5e433371a596")
    pin(cognito._build_auth_result, "ff9c8d0d9f5a")
    resolve = cognito._refresh_auth_user

    @wraps(resolve)
    def mended(pool: Data, pool_id: str, client_id: str, token: str) -> tuple[Data | None, Response | None]:
        user, error = resolve(pool, pool_id, client_id, token)
        if error:
            return None, error
        refused = _refresh_token_error(pool["_clients"][client_id], user, token)
        return (None, refused) if refused else (user, None)

    cognito._refresh_auth_user = mended


def _refresh_token_error(client: Data, user: Data, token: str) -> Response | None:
    claims = cognito._token_claims(token)
    if not cognito._signature_valid(token):
        return _refused("NotAuthorizedException", "Invalid Refresh Token")
    if time.time() >= claims.get("exp", 0):
        return _refused("NotAuthorizedException", "Refresh Token has expired")
    if claims.get("origin_jti") in cognito._revoked_tokens:
        return _refused("NotAuthorizedException", "Refresh Token has been revoked")
    if not user.get("Enabled", True):
        return _refused("NotAuthorizedException", "User is disabled.")
    rotated = user.get(ROTATED, {}).get(claims.get("jti"))
    if rotated and time.time() >= rotated["at"] + _grace_period_s(client):
        return _refused("RefreshTokenReuseException", "Refresh token has been invalidated by rotation")
    return None


def mend_rotation() -> None:
    """The client's `RefreshTokenRotation` is kept (API and CloudFormation) and GetTokensFromRefreshToken obeys it."""
    pin(cognito._create_user_pool_client, "1caaecf2354b")
    pin(cognito._update_user_pool_client, "530fe95f2cec")
    pin(cognito._get_tokens_from_refresh_token, "67d9ca2d8271")
    pin(provisioners._cognito_user_pool_client_create, "ef91a1970983")
    provisioners._COGNITO_USER_POOL_CLIENT_UPDATABLE["RefreshTokenRotation"] = None
    cognito._create_user_pool_client = _keeping_rotation(cognito._create_user_pool_client)
    cognito._update_user_pool_client = _keeping_rotation(cognito._update_user_pool_client)
    cognito._get_tokens_from_refresh_token = _rotating(cognito._get_tokens_from_refresh_token)


def _keeping_rotation(change: Callable[[Data], Response]) -> Callable[[Data], Response]:
    @wraps(change)
    def mended(data: Data) -> Response:
        rotation = data.get("RefreshTokenRotation")
        if _enabled(rotation) and "ALLOW_REFRESH_TOKEN_AUTH" in data.get("ExplicitAuthFlows", ()):
            message = "ALLOW_REFRESH_TOKEN_AUTH cannot be enabled when refresh token rotation is enabled"
            return _refused("InvalidParameterException", message)
        response = change(data)
        if response[0] >= 400 or "RefreshTokenRotation" not in data:
            return response
        client_id = json.loads(response[2])["UserPoolClient"]["ClientId"]
        client = cognito._user_pools[data["UserPoolId"]]["_clients"][client_id]
        client["RefreshTokenRotation"] = rotation
        shown: Response = json_response({"UserPoolClient": {k: v for k, v in client.items() if v is not None}})
        return shown

    return mended


def _rotating(get_tokens: Callable[[Data], Response]) -> Callable[[Data], Response]:
    @wraps(get_tokens)
    def mended(data: Data) -> Response:
        response = get_tokens(data)
        pool, _pool_id = cognito._pool_for_client(data.get("ClientId"))
        if (
            response[0] >= 400
            or not pool
            or not _enabled(pool["_clients"][data["ClientId"]].get("RefreshTokenRotation"))
        ):
            return response
        result = json.loads(response[2])["AuthenticationResult"]
        result["RefreshToken"] = _rotate(pool, data["RefreshToken"])
        rotated: Response = json_response({"AuthenticationResult": result})
        return rotated

    return mended


def _rotate(pool: Data, token: str) -> str:
    """A new token for the rest of the old one's life; the old one ends after the client's grace period."""
    claims, now = cognito._token_claims(token), time.time()
    user = cognito._user_from_token(token, pool)
    rotated = {jti: entry for jti, entry in user.get(ROTATED, {}).items() if entry["exp"] > now}
    rotated.setdefault(claims["jti"], {"at": now, "exp": claims["exp"]})
    user[ROTATED] = rotated
    successor: str = cognito._signed_jwt({**claims, "iat": int(now), "jti": cognito.new_uuid()}, pool["Id"], "access")
    return successor


def _enabled(rotation: Data | None) -> bool:
    return bool(rotation) and str((rotation or {}).get("Feature", "")).upper() == "ENABLED"


def _grace_period_s(client: Data) -> int:
    return int((client.get("RefreshTokenRotation") or {}).get("RetryGracePeriodSeconds") or 0)
