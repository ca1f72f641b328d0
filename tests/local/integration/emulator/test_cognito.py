"""Cognito: codes, tokens and who may sign in."""

import base64
import json
import time
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.kit.cognito import DIRECT, OF_TOKENS, ClosedPool, refusal
from tests.kit.stack import code_mailed_to, mails_to
from tests.local.integration.emulator.workshop import UserPool, Workshop, refused

GUESSED = "a-secret-that-is-not-the-clients"


def test_a_wrong_code_does_not_confirm(pool: UserPool, workshop: Workshop) -> None:
    email = f"{workshop.name('new')}@stadion.example"
    pool.sign_up(email)
    code = code_mailed_to(pool.aws, email)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    assert refused(lambda: pool.sign_in(email)) == "UserNotConfirmedException"
    assert refused(lambda: pool.confirm(email, wrong)) == "CodeMismatchException"

    pool.confirm(email, code)
    assert pool.sign_in(email)["AccessToken"]


def test_a_sixth_guess_is_not_heard(pool: UserPool, workshop: Workshop) -> None:
    email = f"{workshop.name('new')}@stadion.example"
    pool.sign_up(email)
    code = code_mailed_to(pool.aws, email)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    assert {refused(lambda: pool.confirm(email, wrong)) for _ in range(5)} == {"CodeMismatchException"}
    assert refused(lambda: pool.confirm(email, code)) == "LimitExceededException"


def test_a_code_sent_again_replaces_the_first(pool: UserPool, workshop: Workshop) -> None:
    email = f"{workshop.name('new')}@stadion.example"
    pool.sign_up(email)
    first = code_mailed_to(pool.aws, email)

    pool.aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username=email)
    second = code_mailed_to(pool.aws, email)

    if first != second:
        assert refused(lambda: pool.confirm(email, first)) == "CodeMismatchException"
    pool.confirm(email, second)


def test_a_confirmed_address_is_verified(pool: UserPool, athlete: str) -> None:
    user = pool.aws.cognito.get_user(AccessToken=pool.sign_in(athlete)["AccessToken"])

    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


def test_a_forgotten_password_needs_the_mailed_code(pool: UserPool, athlete: str) -> None:
    cognito = pool.aws.cognito
    cognito.forgot_password(ClientId=pool.client_id, Username=athlete)
    code = code_mailed_to(pool.aws, athlete)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    def change(with_code: str) -> None:
        cognito.confirm_forgot_password(
            ClientId=pool.client_id, Username=athlete, ConfirmationCode=with_code, Password="Another-long-1"
        )

    assert refused(lambda: change(wrong)) == "CodeMismatchException"

    change(code)
    assert refused(lambda: pool.sign_in(athlete)) == "NotAuthorizedException"
    assert pool.sign_in(athlete, "Another-long-1")["AccessToken"]
    assert refused(lambda: change(code)) == "ExpiredCodeException"


def test_nobody_learns_who_has_an_account(pool: UserPool, athlete: str) -> None:
    cognito, nobody = pool.aws.cognito, "nobody@stadion.example"

    assert refused(lambda: pool.sign_in(nobody)) == "NotAuthorizedException"
    assert refused(lambda: pool.sign_in(athlete, "Wrong-password-1")) == "NotAuthorizedException"
    assert refused(lambda: pool.confirm(nobody, "123456")) == "CodeMismatchException"

    for call in (cognito.forgot_password, cognito.resend_confirmation_code):
        assert call(ClientId=pool.client_id, Username=nobody)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
    assert mails_to(pool.aws, nobody) == []


def test_a_flow_that_the_client_does_not_allow_is_refused(pool: UserPool, athlete: str) -> None:
    def admin_sign_in() -> None:
        pool.aws.cognito.admin_initiate_auth(
            UserPoolId=pool.pool_id,
            ClientId=pool.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": athlete, "PASSWORD": pool.password},
        )

    assert refused(admin_sign_in) == "InvalidParameterException"


def test_a_refresh_token_rotates(pool: UserPool, athlete: str) -> None:
    first = pool.sign_in(athlete)["RefreshToken"]

    second = pool.refresh(first)

    assert second["RefreshToken"] != first
    assert second["AccessToken"]
    assert pool.refresh(first)["AccessToken"], "an answer that got lost may be asked for again in the grace period"

    time.sleep(5.1)
    assert refused(lambda: pool.refresh(first)) == "RefreshTokenReuseException"
    assert pool.refresh(second["RefreshToken"])["RefreshToken"]


@pytest.mark.parametrize("by", ["user", "admin"])
def test_sign_out_everywhere_ends_every_token(pool: UserPool, athlete: str, by: str) -> None:
    phone, watch = pool.sign_in(athlete), pool.sign_in(athlete)
    cognito = pool.aws.cognito

    if by == "user":
        cognito.global_sign_out(AccessToken=phone["AccessToken"])
    else:
        cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username=athlete)

    for tokens in (phone, watch):
        assert refused(lambda t=tokens: pool.refresh(t["RefreshToken"])) == "NotAuthorizedException"  # type: ignore[misc]
        assert refused(lambda t=tokens: cognito.get_user(AccessToken=t["AccessToken"])) == "NotAuthorizedException"  # type: ignore[misc]
    assert pool.refresh(pool.sign_in(athlete)["RefreshToken"])["AccessToken"]


def test_a_revoked_refresh_token_ends_its_own_session_only(pool: UserPool, athlete: str) -> None:
    phone, watch = pool.sign_in(athlete), pool.sign_in(athlete)

    pool.aws.cognito.revoke_token(Token=phone["RefreshToken"], ClientId=pool.client_id)

    assert refused(lambda: pool.refresh(phone["RefreshToken"])) == "NotAuthorizedException"
    assert refused(lambda: pool.aws.cognito.get_user(AccessToken=phone["AccessToken"])) == "NotAuthorizedException"
    assert pool.refresh(watch["RefreshToken"])["AccessToken"]


def test_a_forged_refresh_token_is_refused(pool: UserPool, athlete: str) -> None:
    head, payload, _signature = pool.sign_in(athlete)["RefreshToken"].split(".")

    assert refused(lambda: pool.refresh(f"{head}.{payload}.AAAA")) == "NotAuthorizedException"


def test_cloudformation_passes_rotation_to_the_client(workshop: Workshop, pool: UserPool) -> None:
    client = {
        "UserPoolId": pool.pool_id,
        "ClientName": "app",
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30},
    }

    stack = workshop.deployed({"Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": client}})

    asked = {"UserPoolId": pool.pool_id, "ClientId": stack.physical_id("Client")}
    described = workshop.aws.cognito.describe_user_pool_client(**asked)["UserPoolClient"]
    assert described["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30}


def test_a_failing_trigger_of_tokens_refuses_them(workshop: Workshop) -> None:
    """Left alone, the emulator gives tokens that lack what the trigger adds."""
    pool = workshop.user_pool()
    email = f"{workshop.name('new')}@stadion.example"
    pool.sign_up(email)
    pool.confirm(email, code_mailed_to(pool.aws, email))
    function = f"arn:aws:lambda:us-east-1:000000000000:function:{workshop.function('fails')}"
    trigger = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": function}}

    pool.aws.cognito.update_user_pool(UserPoolId=pool.pool_id, LambdaConfig=trigger)  # type: ignore[arg-type]

    with pytest.raises(ClientError) as caught:
        pool.sign_in(email)
    told = caught.value.response["Error"]
    assert told["Code"] == "UserLambdaValidationException"
    assert told["Message"] == "PreTokenGeneration failed with error secret detail."


# --- a client with a secret, of a pool that takes users of its admins only --------------------------------------------


@pytest.fixture(scope="module")
def closed(workshop: Workshop) -> ClosedPool:
    return workshop.closed_pool()


@pytest.fixture
def member(closed: ClosedPool, workshop: Workshop) -> str:
    """A confirmed user's address."""
    email = f"{workshop.name('member')}@stadion.example"
    closed.add(email)
    return email


@pytest.mark.parametrize("call", DIRECT)
def test_a_direct_call_is_refused_alike_for_known_and_unknown(closed: ClosedPool, member: str, call: str) -> None:
    answers = {refusal(lambda e=email: DIRECT[call](closed, e)) for email in (member, "nobody@stadion.example")}  # type: ignore[misc]

    assert len(answers) == 1
    assert answers.pop()[0] == "NotAuthorizedException"


@pytest.mark.parametrize("call", DIRECT)
def test_a_wrong_secret_is_none(closed: ClosedPool, member: str, call: str) -> None:
    wrong = replace(closed, secret=GUESSED)

    assert refusal(lambda: DIRECT[call](wrong, member, with_hash=True))[0] == "NotAuthorizedException"


def test_an_admin_signs_somebody_in_with_the_hash_and_not_without(closed: ClosedPool, member: str) -> None:
    assert closed.sign_in(member)["AccessToken"]
    assert refused(lambda: closed.sign_in(member, hashed={})) == "NotAuthorizedException"
    assert refused(lambda: replace(closed, secret=GUESSED).sign_in(member)) == "NotAuthorizedException"


def test_refresh_and_revocation_take_the_secret_itself(closed: ClosedPool, member: str) -> None:
    token = closed.sign_in(member)["RefreshToken"]
    cognito, client = closed.aws.cognito, closed.client_id

    for wrong in ({}, {"ClientSecret": GUESSED}):
        assert refused(lambda w=wrong: cognito.revoke_token(Token=token, ClientId=client, **w))  # type: ignore[misc]
        asked = {"RefreshToken": token, "ClientId": client, **wrong}
        assert refused(lambda a=asked: cognito.get_tokens_from_refresh_token(**a)) == "NotAuthorizedException"  # type: ignore[misc]

    right = {"ClientId": client, "ClientSecret": closed.secret}
    assert cognito.get_tokens_from_refresh_token(RefreshToken=token, **right)["AuthenticationResult"]["AccessToken"]
    cognito.revoke_token(Token=token, **right)
    assert refused(lambda: cognito.get_tokens_from_refresh_token(RefreshToken=token, **right))


def test_nobody_signs_up_where_only_admins_may(closed: ClosedPool, workshop: Workshop) -> None:
    email = f"{workshop.name('new')}@stadion.example"

    code, message = refusal(lambda: DIRECT["SignUp"](closed, email, with_hash=True))

    assert (code, message) == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


def test_an_address_is_one_users(closed: ClosedPool, member: str, workshop: Workshop) -> None:
    other = f"{workshop.name('other')}@stadion.example"
    closed.add(other)

    assert refused(lambda: closed.move(other, member)) == "AliasExistsException"
    closed.move(other, other)
    closed.move(other, f"new-{other}")
    assert closed.sign_in(f"new-{other}")["AccessToken"]


@pytest.fixture(scope="module")
def scoped(workshop: Workshop) -> ClosedPool:
    """Whose tokens carry a scope of ours in the place of Cognito's own."""
    pool = workshop.closed_pool()
    function = f"arn:aws:lambda:us-east-1:000000000000:function:{workshop.function('on_tokens')}"
    trigger = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": function}}
    pool.aws.cognito.update_user_pool(
        UserPoolId=pool.pool_id,
        LambdaConfig=trigger,  # type: ignore[arg-type]
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    return pool


@pytest.mark.parametrize("call", OF_TOKENS)
def test_a_token_without_cognitos_scope_opens_none_of_its_calls(
    scoped: ClosedPool, workshop: Workshop, call: str
) -> None:
    email = f"{workshop.name('scoped')}@stadion.example"
    scoped.add(email)
    token = scoped.sign_in(email)["AccessToken"]

    code, message = refusal(lambda: OF_TOKENS[call](scoped, token))

    assert (code, message) == ("NotAuthorizedException", "Access Token does not have required scopes")


def test_a_trigger_of_tokens_hears_the_users_status(scoped: ClosedPool, workshop: Workshop) -> None:
    """`on_tokens` of the workshop puts what it heard into the scope."""
    email = f"{workshop.name('heard')}@stadion.example"
    scoped.add(email)

    payload = scoped.sign_in(email)["AccessToken"].split(".")[1]

    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["scope"] == "stadion/CONFIRMED"
