"""The safeguards that are taken out, one at a time: those of the layer first, then each service's.

They lie beside the tests that they turn red: `tests/layer/mutants.py`, `tests/<service>/mutants.py`.
"""

from typing import Final

from tests.kit.beside import beside
from tests.mutants.engine import Mutant

OF_THE_LAYER: Final = "layer"
FOUND: Final[dict[str, tuple[Mutant, ...]]] = {folder: module.MUTANTS for folder, module in beside("mutants").items()}
MUTANTS: Final = tuple(
    mutant for folder in sorted(FOUND, key=lambda folder: (folder != OF_THE_LAYER, folder)) for mutant in FOUND[folder]
)
