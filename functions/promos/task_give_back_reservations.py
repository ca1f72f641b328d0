"""Each minute: reservations that have ended give back code and budget."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from promos import checkout, redemption_service
from stadion import clock, ids
from stadion.observability import correlate, count, log, logger, metrics

MOST_OF_A_SHARD = 200


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    """One that is paid at this very moment is left alone: the same condition decides. One that cannot be given back
    keeps none of the others; it is heard of by the function's alarm."""
    correlate(ids.new_id())
    now = clock.now()
    done, failures = 0, []
    for partner_id, order_id, code in list(checkout.due(now, most=MOST_OF_A_SHARD)):
        try:
            done += redemption_service.give_back(partner_id, order_id, code, now)
        except Exception as error:  # noqa: BLE001 - raised again when the others are done
            logger.exception("not given back", extra={"order_id": order_id})
            failures.append(error)
    count("ReservationsExpired", done)
    log("gave back", reservations=done, failed=len(failures))
    if failures:
        raise ExceptionGroup("reservations that could not be given back", failures)
    return {"given_back": done}
