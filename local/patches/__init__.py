"""Small patches to MiniStack, so that what passes here also passes on AWS.

Each module patches one area and says what AWS does. Before it touches anything it checks that the code it relies on is
the code it was written for (`guard.py`): an upgrade of MiniStack that changes that code stops the emulator at start,
with the name of the mend to look at again, instead of quietly behaving differently.
"""

from pathlib import Path

from local.patches import (
    cloudformation,
    cloudformation_buckets,
    cognito,
    dynamodb,
    expiry,
    http_api,
    lambda_worker,
    rest_api,
    state,
    step_functions,
    websocket,
)
from local.patches.strict import mail, objects, payloads, pushes, redrive, state_data


def apply_all(*, code_cache: Path, expiry_every_s: float | None = None) -> tuple[str, ...]:
    """Mend the imported MiniStack; the names of the patches, for the log."""
    lambda_worker.apply(code_cache=code_cache)
    http_api.apply()
    rest_api.apply()
    websocket.apply()
    cognito.apply()
    dynamodb.apply()
    state.apply()
    step_functions.apply()
    cloudformation.apply()
    cloudformation_buckets.apply()
    mail.apply()
    payloads.apply()
    pushes.apply()
    objects.apply()
    redrive.apply()
    state_data.apply()
    expiry.apply(every_s=expiry_every_s)
    return (
        "lambda_worker",
        "http_api",
        "rest_api",
        "websocket",
        "cognito",
        "dynamodb",
        "state",
        "step_functions",
        "cloudformation",
        "mail",
        "payloads",
        "pushes",
        "objects",
        "redrive",
        "state_data",
        "expiry",
    )
