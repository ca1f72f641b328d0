"""Each minute: leaves the deliveries whose next attempt has come to `on_webhook_deliveries`."""

from partners.settings import PartnerSettings
from partners.webhooks import store
from partners.webhooks.work import Deliver
from stadion.observability import count
from stadion.settings import load
from stadion.tasks import Round, scheduled
from stadion.work import enqueue

MAX_DUE = 500


def leave_due(asked: Round) -> dict[str, int]:
    """Left twice is attempted once more at the most: the worker looks at the delivery first."""
    due = [one for one in store.due(asked.now, most=MAX_DUE) if asked.concerns(one.partner_id)]
    work = [Deliver.of(delivery, asked.now, as_of=asked.as_of) for delivery in due]
    enqueue(load(PartnerSettings).webhook_deliveries_queue, work)
    count("WebhooksDue", len(due))
    return {"due": len(due)}


handler = scheduled(leave_due, takes=Round)
