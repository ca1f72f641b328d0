"""Requests and responses of admins' routes: partners, their keys and secrets."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from partners.domain import Credentials, Partner, PartnerStanding
from partners.fields import Words
from stadion.errors import FieldRequiredError, UnacceptableValueError
from stadion.events.partners import PartnerAbility
from stadion.http import RequestModel
from stadion.i18n import Text
from stadion.links import Host


def _not_a_path(partner_id: str) -> str:
    if partner_id == "imports":
        raise UnacceptableValueError(
            Text(en="This is not an id for a partner.", ru="Такой идентификатор партнёра не подходит.")
        )
    return partner_id


PartnerId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$", examples=["store"]), AfterValidator(_not_a_path)]


Abilities = Annotated[
    list[PartnerAbility],
    Field(min_length=1, max_length=len(PartnerAbility), examples=[["orders", "codes"]]),
    AfterValidator(lambda named: sorted(set(named), key=list(PartnerAbility).index)),
]
Hosts = Annotated[
    list[Host],
    Field(
        max_length=20,
        examples=[["store.example"]],
        description="that the links of its products may lead to; `*.store.example` is any below it",
    ),
    AfterValidator(lambda named: list(dict.fromkeys(named))),
]


class NewPartner(RequestModel):
    partner_id: PartnerId
    name: Words = Field(examples=["The Store"])
    plan: str = Field(default="standard", pattern=r"^[a-z]{1,30}$")
    may: Abilities = Field(default_factory=lambda: list(PartnerAbility))
    hosts: Hosts = Field(default_factory=list)

    def partner(self, now: datetime) -> Partner:
        """As yet without a key and a secret."""
        return Partner(
            partner_id=self.partner_id,
            name=self.name,
            plan=self.plan,
            may=self.may,
            hosts=self.hosts,
            created_at=now,
            updated_at=now,
        )


class PartnerPatch(RequestModel):
    """RFC 7396 merge patch: a list is replaced as a whole."""

    name: Words | None = Field(default=None, examples=["The Store"])
    may: Abilities | None = None
    hosts: Hosts | None = None

    def changes(self) -> dict[str, Any]:
        """`FieldRequiredError`: none of them can be taken away."""
        for name in self.model_fields_set:
            if getattr(self, name) is None:
                raise FieldRequiredError(pointer=f"#/{name}", field=name)
        return {name: getattr(self, name) for name in self.model_fields_set}


class CredentialRotation(RequestModel):
    grace_hours: int = Field(default=24, ge=0, le=24 * 30, description="how long what is rotated out still holds")


class PartnerKeyResponse(BaseModel):
    key_id: str
    created_at: AwareDatetime
    retires_at: AwareDatetime | None = None


class PartnerSecretResponse(BaseModel):
    secret_id: str
    created_at: AwareDatetime
    retires_at: AwareDatetime | None = None


class PartnerResponse(BaseModel):
    partner_id: str
    name: str
    status: PartnerStanding
    plan: str
    may: list[PartnerAbility]
    hosts: list[str] = Field(description="that the links of its products may lead to")
    keys: list[PartnerKeyResponse]
    secrets: list[PartnerSecretResponse]
    revision: int
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, partner: Partner) -> Self:
        """Without what must not be shown twice."""
        return cls.model_validate(partner.model_dump())


class NewCredentials(BaseModel):
    """Shown this once, and never again."""

    partner: PartnerResponse
    api_key: str | None = None
    signing_secret: str | None = None
    api_url: str

    @classmethod
    def of(cls, made: Credentials, *, api_url: str) -> Self:
        return cls(
            partner=PartnerResponse.of(made.partner),
            api_key=made.api_key,
            signing_secret=made.signing_secret,
            api_url=api_url,
        )
