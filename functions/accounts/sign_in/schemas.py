"""Requests and responses of signing in, and what admins are told of a user."""

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, SecretStr

from accounts.domain import UserRole
from accounts.sign_in.domain import Identity, Session
from stadion.http import RequestModel
from stadion.i18n import Language
from stadion.zones import TimeZone

Email = Annotated[
    str,
    Field(max_length=128, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}$", examples=["anna@example.org"]),
    AfterValidator(str.lower),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]
Code = Annotated[str, Field(pattern=r"^[0-9]{4,8}$", examples=["48151623"])]


class Registration(RequestModel):
    email: Email
    password: Password
    language: Language = Language.EN
    time_zone: TimeZone = "UTC"


class RegistrationConfirmation(RequestModel):
    email: Email
    code: Code
    password: Password = Field(
        description="the one to sign in with from now on: the code proves whose address it is, so its holder decides"
    )


class EmailOnly(RequestModel):
    email: Email


class SignIn(RequestModel):
    email: Email
    password: Password


class RefreshToken(RequestModel):
    refresh_token: SecretStr = Field(min_length=1, max_length=8192)


class PasswordReset(RequestModel):
    email: Email
    code: Code
    new_password: Password


class PasswordChange(RequestModel):
    current_password: Password
    new_password: Password


class AcceptedRequest(BaseModel):
    """The same answer whoever asks and whether there is an account or not."""

    next: str = Field(examples=["confirm"], description="the step to take: confirm, or reset_password")


class SignInTokens(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: int = Field(description="seconds", examples=[900])

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            access_token=session.access_token, refresh_token=session.refresh_token, expires_in=session.expires_in
        )


class AdminUser(BaseModel):
    user_id: str
    email: str
    status: str
    enabled: bool
    roles: list[UserRole]
    created_at: AwareDatetime

    @classmethod
    def of(cls, known: Identity, roles: list[UserRole]) -> Self:
        return cls(
            user_id=known.user_id,
            email=known.email,
            status=known.status,
            enabled=known.enabled,
            roles=roles,
            created_at=known.created_at,
        )
