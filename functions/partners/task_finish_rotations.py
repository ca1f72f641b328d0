"""Each hour: removes the keys whose grace is over. Secrets end by themselves."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from partners import admin_service, store
from stadion import clock
from stadion.observability import count, log, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_: dict[str, Any], __: LambdaContext) -> dict[str, int]:
    now = clock.now()
    due = [partner for partner in store.all_partners() if partner.retired_keys(now)]
    for partner in due:
        admin_service.finish_rotations(partner.partner_id, by="task_finish_rotations", now=now, at_once=False)
    count("RotationsFinished", len(due))
    log("finished", partners=[partner.partner_id for partner in due])
    return {"finished": len(due)}
