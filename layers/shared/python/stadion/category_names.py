"""What a category of gear is called: "Trail shoes", "Кроссовки для трейла"; by `category_names.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def category_name(category: str) -> Mapping[str, str]:
    """Language -> name; its code for one that is not known here, of another version."""
    return category_names().get(category) or dict.fromkeys(("en", "ru"), category)


@cache
def category_names() -> Mapping[str, Mapping[str, str]]:
    """Category -> language -> name."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
