"""Plans as people write them: the file, and what the API says is wrong with it."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError

EXAMPLES: Final = "docs/examples/campaigns"
POINTED: Final = re.compile(r"#/variants/(\d+)/promo_id")
WAITING: Final = frozenset({"draft", "paused"})
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")


def read(file: Path) -> tuple[str, dict[str, Any]]:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", hint=_nearest(file))
    plan = files.read(file)
    campaign_id = plan.pop("campaign_id", None)
    if campaign_id is None:
        raise UsageError(f"{file} does not say the campaign's name.", hint="campaign_id: winter-2026")
    return named(files.word(campaign_id, "campaign_id")), plan


def named(campaign_id: str) -> str:
    """UsageError for what cannot be a campaign's name, in words."""
    if not ID.fullmatch(campaign_id):
        raise UsageError(
            f"{campaign_id!r} is no name for a campaign: 2 to 40 of a-z, 0-9 and -.", hint="a name such as winter-2026"
        )
    return campaign_id


def _nearest(file: Path) -> str:
    """A file that was meant, perhaps; a campaign goes by its name, and a file by its path."""
    there = [path.name for pattern in ("*.yaml", "*.yml", "*.json") for path in sorted(file.parent.glob(pattern))]
    found = get_close_matches(file.name, there, n=1)
    return f"did you mean {file.parent / found[0]}?" if found else f"{EXAMPLES} has files to begin with"


def problems(found: dict[str, Any]) -> str:
    return "\n".join(f"{one['pointer']}: {one['detail']}" for one in found["problems"])


def mending(found: dict[str, Any], plan: dict[str, Any], status_of: Callable[[str], str]) -> str:
    """The commands that come before it: promos and segments are there before their campaign."""
    if missing := _promos_with(found, plan, "unknown_promo"):
        then = _all(f"stadion promo activate {one}" for one in missing)
        return f"stadion promo create FILE, and then {then}; or one of stadion promo list"
    inactive = {one: status_of(one) for one in _promos_with(found, plan, "promo_not_active_then")}
    if waiting := [one for one, status in inactive.items() if status in WAITING]:
        return _all(f"stadion promo activate {one}" for one in waiting)
    if over := [one for one, status in inactive.items() if status == "ended"]:
        return f"another promo in place of {_all(over)}: stadion promo list"
    if early := [one for one, status in inactive.items() if status == "scheduled"]:
        return "a later beginning; from when they hold: " + _all(f"stadion promo show {one}" for one in early)
    if short := [*inactive, *_promos_with(found, plan, "promo_ends_inside")]:
        return _all(f"stadion promo change {one} FILE" for one in short) + ", with a later ends_at"
    codes = {one["code"] for one in found["problems"]}
    return "stadion segment list" if "unknown_segment" in codes else ""


def _promos_with(found: dict[str, Any], plan: dict[str, Any], code: str) -> list[str]:
    """Of the variants to which a problem with this code points."""
    numbers = [POINTED.match(one["pointer"]) for one in found["problems"] if one["code"] == code]
    return list(dict.fromkeys(plan["variants"][int(one[1])]["promo_id"] for one in numbers if one is not None))


def _all(commands: Iterable[str]) -> str:
    return ", ".join(commands)
