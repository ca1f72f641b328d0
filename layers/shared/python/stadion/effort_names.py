"""What the distance of a best effort or a record is called: "Half marathon", "Полумарафон"; by `effort_names.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def effort_name(code: str) -> Mapping[str, str]:
    """Language -> name; nothing for one that is not known here, of another version."""
    return effort_names().get(code, {})


@cache
def effort_names() -> Mapping[str, Mapping[str, str]]:
    """Code of a distance -> language -> name."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
