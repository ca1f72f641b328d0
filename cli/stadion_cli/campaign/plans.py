"""Plans as people write them: the file, and what the API says is wrong with it."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from stadion_cli.base import files
from stadion_cli.base.errors import UsageError

EXAMPLES: Final = "docs/examples/campaigns"
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")


def read(file: Path) -> tuple[str, dict[str, Any]]:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", hint=_nearest(file))
    plan = files.read(file)
    campaign_id = plan.pop("campaign_id", None)
    if not isinstance(campaign_id, str):
        raise UsageError(f"{file} does not say the campaign's name.", hint="campaign_id: winter-2026")
    if not ID.fullmatch(campaign_id):
        raise UsageError(
            f"{campaign_id!r} is no name for a campaign: 2 to 40 of a-z, 0-9 and -.", hint="campaign_id: winter-2026"
        )
    return campaign_id, plan


def _nearest(file: Path) -> str:
    """A file that was meant, perhaps; a campaign goes by its name, and a file by its path."""
    there = [path.name for pattern in ("*.yaml", "*.yml", "*.json") for path in sorted(file.parent.glob(pattern))]
    found = get_close_matches(file.name, there, n=1)
    return f"did you mean {file.parent / found[0]}?" if found else f"{EXAMPLES} has files to begin with"


def problems(found: dict[str, Any]) -> str:
    return "\n".join(f"{one['pointer']}: {one['detail']}" for one in found["problems"])


def mending(found: dict[str, Any]) -> str:
    """Promos come before their campaign."""
    codes = {one["code"] for one in found["problems"]}
    if "unknown_promo" in codes:
        return "stadion promo create FILE, and then stadion promo activate"
    return "stadion promo activate" if "promo_not_active_then" in codes else ""
