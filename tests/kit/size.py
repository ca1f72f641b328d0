"""Two sizes of one proof: `make test` runs each property small, `make proof` large (docs/proof/)."""

import os
from typing import Final, TypeVar

from hypothesis import HealthCheck, settings

T = TypeVar("T")
VARIABLE: Final = "STADION_PROOF"
IS_LARGE: Final = os.environ.get(VARIABLE) == "large"


def sized(*, small: T, large: T) -> T:
    """How much of something this run makes: small enough for every day, and large enough that the property bites."""
    return large if IS_LARGE else small


DEFAULT_SEED: Final = 20261128
"""What passed at the developer's passes in CI. `make proof` draws another one each time."""
SEED: Final = int(os.environ.get("STADION_SEED") or DEFAULT_SEED)
"""Of every random test of this run; hypothesis has it too, from the runner. Pytest tells it at its head."""


def examples(*, small: int, large: int) -> settings:
    """For properties that a service answers: always the same examples when small, new ones each time when large."""
    return settings(
        max_examples=sized(small=small, large=large),
        derandomize=not IS_LARGE,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
