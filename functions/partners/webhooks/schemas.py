"""Requests and responses of webhooks out: endpoints and deliveries."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from partners.domain import PartnerStanding, Secret
from partners.schemas import PartnerSecretResponse
from partners.webhooks.domain import Delivery, Endpoint, HookEvent
from stadion.http import RequestModel


class NewEndpoint(RequestModel):
    url: str = Field(min_length=10, max_length=1000, examples=["https://store.example/hooks/stadion"])
    events: list[HookEvent] = Field(min_length=1, max_length=10, examples=[["promo.redeemed"]])


class EndpointResponse(BaseModel):
    endpoint_id: str
    partner_id: str
    url: str
    events: list[HookEvent]
    status: PartnerStanding
    disabled_because: str | None = None
    failures_in_a_row: int
    secrets: list[PartnerSecretResponse]
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        return cls.model_validate(endpoint.model_dump())


class NewEndpointSecret(BaseModel):
    """Shown this once, and never again."""

    endpoint: EndpointResponse
    signing_secret: str

    @classmethod
    def of(cls, endpoint: Endpoint, secret: Secret) -> Self:
        return cls(endpoint=EndpointResponse.of(endpoint), signing_secret=secret.value)


class WebhookAttemptResponse(BaseModel):
    at: AwareDatetime
    status: int | None = None
    error: str | None = None


class WebhookResponse(BaseModel):
    delivery_id: str
    endpoint_id: str
    event: HookEvent
    state: str
    next_at: AwareDatetime | None = None
    attempts: list[WebhookAttemptResponse]
    created_at: AwareDatetime

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls.model_validate(delivery.model_dump())
