"""The command line. `local` and the layer lie beside it in the repository, and are not installed."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

LAYER: Final = ROOT / "layers" / "shared" / "python"

for place in (LAYER, ROOT):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))
