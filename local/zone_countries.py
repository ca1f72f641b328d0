"""Which country each time zone is of, out of the tz database's `zone.tab`: `python -m local.zone_countries` writes it.

The borders themselves come with `tzfpy` (docs/decisions/0043-a-workouts-country.md).
"""

from importlib.resources import files

from local.paths import ROOT

WRITTEN = ROOT / "functions" / "workouts" / "recordings" / "zone_countries.txt"


def table() -> str:
    """A line for each zone, sorted: `Europe/Vatican VA`. In `zone.tab` each zone is of one country."""
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    named = (row.split("\t") for row in rows if row and not row.startswith("#"))
    return "".join(f"{zone} {country}\n" for zone, country in sorted((row[2], row[0]) for row in named))


if __name__ == "__main__":
    WRITTEN.write_text(table(), encoding="utf-8")
