"""Each minute: leaves the deliveries whose hour has come to `on_deliveries`."""

from notifications.deliveries import store as delivery_store
from notifications.dispatch.work import Send
from notifications.settings import MessageSettings
from stadion.observability import count
from stadion.settings import load
from stadion.tasks import Round, scheduled
from stadion.work import enqueue

MAX_OF_A_SHARD = 500


def leave_due(asked: Round) -> dict[str, int]:
    """Left twice is sent once: the worker looks at the delivery before it does anything."""
    found = delivery_store.due(asked.now, most=MAX_OF_A_SHARD)
    due = [delivery for delivery in found if asked.concerns(delivery.message.user_id)]
    work = [Send.of(delivery, asked.now, as_of=asked.as_of) for delivery in due]
    enqueue(load(MessageSettings).deliveries_queue, work)
    count("DeliveriesDue", len(due))
    return {"due": len(due)}


handler = scheduled(leave_due, takes=Round)
