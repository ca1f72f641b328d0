"""The achievements that come with the code: `shipped/*.json`, in the order of their files. A version that was ever
shipped stays there as it was, with its number."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from gamification.achievements.base.values import Rule

FOLDER: Final = Path(__file__).with_name("shipped")


@cache
def catalogue() -> tuple[Rule, ...]:
    files = sorted(FOLDER.glob("*.json"))
    return tuple(Rule.model_validate(one) for path in files for one in json.loads(path.read_text(encoding="utf-8")))
