"""Each minute: leaves the deliveries whose hour has come to `on_deliveries`."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from notifications import store
from notifications.settings import MessageSettings
from notifications.work import Send
from stadion import clock
from stadion.observability import count, log, logger, metrics
from stadion.settings import load
from stadion.work import leave

MOST_OF_A_SHARD = 500


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, int]:
    """Left twice is sent once: the worker looks at the delivery before it does anything."""
    now = clock.now()
    due = [delivery for shard in range(store.SHARDS) for delivery in store.due(shard, now, most=MOST_OF_A_SHARD)]
    leave(load(MessageSettings).deliveries_queue, [Send.of(delivery, now) for delivery in due])
    count("DeliveriesDue", len(due))
    log("left", due=len(due))
    return {"due": len(due)}
