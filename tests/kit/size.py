"""Two sizes of one proof: `make test` runs each property small, `make proof` large (docs/proof/)."""

import os
from typing import Final, TypeVar

T = TypeVar("T")
VARIABLE: Final = "STADION_PROOF"
IS_LARGE: Final = os.environ.get(VARIABLE) == "large"


def sized(*, small: T, large: T) -> T:
    """How much of something this run makes: small enough for every day, and large enough that the property bites."""
    return large if IS_LARGE else small
