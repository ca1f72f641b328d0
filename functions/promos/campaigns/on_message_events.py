"""What became of campaigns' messages is counted for their reports."""

from typing import Any

from promos.campaigns.experiment import message_store as messages
from stadion.dynamo import look_again
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.notifications import NotificationDelivered, NotificationFailed


def count(envelope: Envelope[Any]) -> Consumed:
    if envelope.data.campaign_id is None:
        return Consumed("not a campaign's")
    return Consumed(look_again(lambda: messages.count(envelope.user_id, envelope.data, envelope.occurred_at)))


handler = consumer(count, events=(NotificationDelivered, NotificationFailed))
