"""What the notifications service tells, and what anybody asks of it."""

from typing import Any, NewType

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event
from stadion.events.examples import GEAR

TemplateName = NewType("TemplateName", str)
"""The name of a message, as its words have it in `messages/` of the service that asks for it.

`stadion contracts write` finds a message that is asked for by this call, or by `NotificationRequested(template="…")`.
"""


class NotificationRequested(Event):
    """Some service wants the athlete to know. `notifications` decides whether, when, where and in which words.

    Published by any service under its own source.
    """

    source = None
    subject = ("request_id", "campaign_id")
    request_id: str = Field(
        examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"],
        description="the same request twice is one message",
    )
    template: TemplateName = Field(examples=["gear_wear"])
    values: dict[str, Any] = Field(
        default_factory=dict,
        examples=[{"name": "Kiprun KD900", "percent": 80, "used": 561, "limit": 700, "unit": "km"}],
        description='for the template; a text in each language is one value: {"title": {"en": "…", "ru": "…"}}',
    )
    about: dict[str, str] = Field(
        default_factory=dict, examples=[{"gear_id": GEAR}], description="what a tap on the message opens"
    )
    channels: list[str] | None = Field(
        default=None, examples=[None], description="of those that the template's kind has; null: the usual ones"
    )
    replaces: list[str] = Field(
        default_factory=list,
        examples=[[]],
        description="requests whose messages it takes the place of in the inbox, while they are unread; such a request"
        " that comes later is told no more",
    )
    not_before: AwareDatetime | None = Field(default=None, examples=[None], description="keep it until then")
    expires_at: AwareDatetime | None = Field(default=None, examples=[None], description="useless afterwards")
    campaign_id: str | None = Field(default=None, examples=[None])


class NotificationDelivered(Event):
    """It is in the inbox, or a channel's provider has taken it."""

    source = "stadion.notifications"
    subject = ("notification_id", "request_id", "campaign_id")
    notification_id: str = Field(examples=["0193a1c1-1111-7c3a-9f57-2f6c8e0d4b33"])
    request_id: str = Field(examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"])
    channel: str = Field(examples=["inbox"])
    template: str = Field(examples=["gear_wear"])
    campaign_id: str | None = Field(default=None, examples=[None])


class NotificationFailed(Event):
    """It will not arrive by this channel: suppressed by the gate, refused by the provider, or bounced."""

    source = "stadion.notifications"
    subject = ("notification_id", "request_id", "campaign_id")
    notification_id: str = Field(examples=["0193a1c1-1111-7c3a-9f57-2f6c8e0d4b33"])
    request_id: str = Field(examples=["gear-wear:0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22:80:1"])
    channel: str = Field(examples=["push"])
    template: str = Field(examples=["gear_wear"])
    reason: str = Field(examples=["no_consent"])
    campaign_id: str | None = Field(default=None, examples=[None])
