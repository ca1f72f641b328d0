"""Requests and responses of signing in, and what admins are told of a user."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, SecretStr

from accounts.domain import Role
from stadion.http import RequestModel
from stadion.i18n import Language
from stadion.zones import TimeZone

Email = Annotated[
    str,
    Field(max_length=128, pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}$", examples=["anna@example.org"]),
    AfterValidator(str.lower),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=256)]
Code = Annotated[str, Field(pattern=r"^\d{4,8}$", examples=["481516"])]


class Registration(RequestModel):
    email: Email
    password: Password
    language: Language = Language.EN
    time_zone: TimeZone = "UTC"


class Confirmation(RequestModel):
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


class Accepted(BaseModel):
    """The same answer whoever asks and whether there is an account or not."""

    next: str = Field(examples=["confirm"], description="the step to take: confirm, or reset_password")


class Tokens(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: int = Field(description="seconds", examples=[3600])


class AdminUser(BaseModel):
    user_id: str
    email: str
    status: str
    enabled: bool
    roles: list[Role]
    created_at: AwareDatetime
