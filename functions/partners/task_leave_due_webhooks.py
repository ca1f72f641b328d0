"""Each minute: leaves the deliveries whose next attempt has come to `on_webhook_deliveries`."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from partners import hook_store
from partners.settings import PartnerSettings
from partners.work import Deliver
from stadion import clock
from stadion.observability import count, log, logger, metrics
from stadion.settings import load
from stadion.work import leave

MOST = 500


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, int]:
    """Left twice is attempted once more at the most: the worker looks at the delivery first."""
    now = clock.now()
    due = hook_store.due(now, most=MOST)
    leave(load(PartnerSettings).webhook_deliveries_queue, [Deliver.of(delivery, now) for delivery in due])
    count("WebhooksDue", len(due))
    log("left", due=len(due))
    return {"due": len(due)}
