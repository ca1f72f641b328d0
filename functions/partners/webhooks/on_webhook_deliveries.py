"""Attempts one webhook; `task_leave_due_webhooks` brings it again when it failed."""

from partners.webhooks import service
from partners.webhooks.work import Deliver
from stadion.events.consumer import Consumed
from stadion.work import worker


def deliver(work: Deliver) -> Consumed:
    outcome = service.attempt(work.partner_id, work.delivery_id, work.now)
    return Consumed(outcome, {"partner_id": work.partner_id, "delivery_id": work.delivery_id})


handler = worker(deliver, kind=Deliver)
