"""Requests and responses of links, for athletes and for partners."""

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field

from partners.domain import ShownPartner
from partners.links.domain import Link, LinkToken
from stadion.http import RequestModel
from stadion.identifiers import PartnerId

TokenText = Annotated[
    str, Field(min_length=1, max_length=200, examples=["lt_J7v0c3m0m2fUq7gq3bq0Y5r1m8Qk4n9s6t2w5x8z1aA"], repr=False)
]


class NewPartnerLink(RequestModel):
    partner_id: PartnerId


class PartnerLinkToken(BaseModel):
    """Shown this once, and never again. Give it to the partner: by a link into its app, or as a QR code."""

    token: str = Field(examples=["lt_J7v0c3m0m2fUq7gq3bq0Y5r1m8Qk4n9s6t2w5x8z1aA"], repr=False)
    expires_at: AwareDatetime

    @classmethod
    def of(cls, token: str, kept: LinkToken) -> Self:
        return cls(token=token, expires_at=kept.expires_at)


class PartnerLinkResponse(BaseModel):
    partner_id: str = Field(examples=["store"])
    name: str = Field(examples=["The Store"])
    athlete_id: str = Field(
        examples=["at_mfzwk3tqonxw42lom4qhg5dp2a"], description="what this partner, and no other, calls you"
    )
    linked_at: AwareDatetime

    @classmethod
    def of(cls, link: Link, partner: ShownPartner | None) -> Self:
        name = partner.name if partner is not None else link.partner_id
        return cls(partner_id=link.partner_id, name=name, athlete_id=link.athlete_id, linked_at=link.linked_at)


class TokenExchange(RequestModel):
    token: TokenText


class LinkedAthlete(BaseModel):
    athlete_id: str = Field(
        examples=["at_mfzwk3tqonxw42lom4qhg5dp2a"], description="name the athlete by it; it means nothing to others"
    )
    linked_at: AwareDatetime

    @classmethod
    def of(cls, link: Link) -> Self:
        return cls(athlete_id=link.athlete_id, linked_at=link.linked_at)
