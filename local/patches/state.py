"""Saved state: nothing that a restart must bring back is left out, and it is small enough to be saved often.

Trap found by our own tests: the positions of Lambda's stream readers are saved, the records of DynamoDB's streams are
not. After a restart a reader waits at position 57 of an empty stream, and the first 57 changes reach nobody.
Trap: layers are written into `lambda.json` in base64, tens of megabytes each time. Here each is a file of its own,
named by its content, as MiniStack does with the functions' code.
"""

import copy
import hashlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

from local.patches.guard import pin

State = dict[str, Any]

STREAMS: Final = "stadion_streams"
BLOB: Final = "stadion_blob"
LARGE: Final = 4096


def apply() -> None:
    mend_streams()
    mend_layers()


def mend_streams() -> None:
    pin(dynamodb.get_state, "ce90690a6033")
    pin(dynamodb.load_persisted_state, "6f58d9dc1e6e")
    pin(dynamodb._trim_stream_records, "43f62f181df0")
    pin(dynamodb._next_stream_seq, "27792e02008d")
    dynamodb.get_state = _with_streams(dynamodb.get_state)
    dynamodb.load_persisted_state = _restoring_streams(dynamodb.load_persisted_state)


def _with_streams(get_state: Callable[[], State]) -> Callable[[], State]:
    @wraps(get_state)
    def mended() -> State:
        streams = {
            "records": copy.deepcopy(dynamodb._stream_records),
            "trimmed": copy.deepcopy(dynamodb._stream_trimmed),
            "sequence": dynamodb._stream_seq_counter,
        }
        return {**get_state(), STREAMS: streams}

    return mended


def _restoring_streams(load: Callable[[State], Any]) -> Callable[[State], Any]:
    @wraps(load)
    def mended(state: State) -> Any:
        streams = state.pop(STREAMS, None)
        if streams:
            dynamodb._stream_records.update(streams["records"])
            dynamodb._stream_trimmed.update(streams["trimmed"])
            dynamodb._stream_seq_counter = streams["sequence"]
        return load(state)

    return mended


def mend_layers() -> None:
    pin(lambda_svc.get_state, "fbae0860de48")
    pin(lambda_svc.load_persisted_state, "140113ddcd36")
    blobs = Path(persistence.STATE_DIR) / "layer-blobs"
    lambda_svc.get_state = _with_layers_outside(lambda_svc.get_state, blobs)
    lambda_svc.load_persisted_state = _with_layers_inside(lambda_svc.load_persisted_state, blobs)


def _with_layers_outside(get_state: Callable[[], State], blobs: Path) -> Callable[[], State]:
    @wraps(get_state)
    def mended() -> State:
        state = get_state()
        kept: set[str] = set()
        layers = _replaced(state["layers"], lambda value: _written(value, blobs, kept))
        for file in blobs.glob("*.zip"):
            if file.stem not in kept:
                file.unlink(missing_ok=True)
        return {**state, "layers": layers}

    return mended


def _with_layers_inside(load: Callable[[State], Any], blobs: Path) -> Callable[[State], Any]:
    @wraps(load)
    def mended(state: State) -> Any:
        return load({**state, "layers": _replaced(state.get("layers", {}), lambda value: _read(value, blobs))})

    return mended


def _replaced(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """The same structure, with every value as `leaf` makes it."""
    value = leaf(value)
    if isinstance(value, AccountRegionScopedDict):
        value._data = _replaced(value._data, leaf)
    elif isinstance(value, dict):
        return {key: _replaced(item, leaf) for key, item in value.items()}
    elif isinstance(value, list):
        return [_replaced(item, leaf) for item in value]
    return value


def _written(value: Any, blobs: Path, kept: set[str]) -> Any:
    if not isinstance(value, bytes) or len(value) < LARGE:
        return value
    name = hashlib.sha256(value).hexdigest()
    kept.add(name)
    file = blobs / f"{name}.zip"
    if not file.exists():
        blobs.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_bytes(value)
        unfinished.replace(file)
    return {BLOB: name}


def _read(value: Any, blobs: Path) -> Any:
    if isinstance(value, dict) and BLOB in value:
        return (blobs / f"{value[BLOB]}.zip").read_bytes()
    return value
