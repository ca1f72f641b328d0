"""What is known of an athlete, and which zones of the heart rate were theirs on a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import ClassVar, Final

from pydantic import AwareDatetime, Field

from gamification.base.effort import ABSOLUTE, EffortBasis, Zones, zones
from stadion.athletes import BodyDay, Measurement, WithBody, WithConsents, WithReader, WithWeek, WithZone
from stadion.consents import may_use_health
from stadion.events.accounts import ConsentKind, ProfileUpdated
from stadion.values import Value

MEASUREMENTS: Final = (Measurement.RESTING, Measurement.MAX, Measurement.THRESHOLD)
"""What zones rest on."""


class Stay(Value):
    """The place of the profile, from a moment on; of neighbouring versions that say the same, the first and the last
    number."""

    since: AwareDatetime
    first: int
    last: int
    country: str | None = None
    region: str | None = None
    city: str | None = None

    @property
    def where(self) -> tuple[str | None, str | None, str | None]:
        return self.country, self.region, self.city


class Athlete(WithReader, WithBody, WithZone, WithWeek, WithConsents):
    """As accounts tells it; of whom nobody told, who agrees to nothing."""

    kinds: ClassVar = frozenset({ConsentKind.HEALTH_DATA})

    stays: list[Stay] = Field(default_factory=list, description="in the order of the profile's versions")

    @property
    def agrees(self) -> bool:
        """To health data being used and shown."""
        return may_use_health(self.granted)


def zones_on(athlete: Athlete, days: Sequence[BodyDay], day: date) -> Zones:
    """The best that is known: the threshold, the reserve, the maximum, the age; else the same steps for everybody.

    `days` in their order. Of who does not agree to the use of health data, nothing is used.
    """
    if not athlete.agrees:
        return ABSOLUTE
    resting = _held(days, Measurement.RESTING, day)
    most = _above(_held(days, Measurement.MAX, day), resting)
    threshold = _above(_held(days, Measurement.THRESHOLD, day), resting)
    if threshold is not None and (most is None or threshold < most):
        return zones(EffortBasis.THRESHOLD, threshold)
    if most is not None and resting is not None:
        return zones(EffortBasis.RESERVE, most - resting, resting)
    if most is not None:
        return zones(EffortBasis.MAX, most)
    usual = _usual_max(athlete.birth_date, day)
    return zones(EffortBasis.AGE, usual) if usual is not None else ABSOLUTE


def _held(days: Sequence[BodyDay], what: Measurement, day: date) -> float | None:
    """The last value up to the day; before the first one, that one."""
    known = [one for one in days if what in one.values]
    before = [one for one in known if one.day <= day]
    held = before[-1:] or known[:1]
    return held[0].values[what] if held else None


def _above(value: float | None, resting: float | None) -> float | None:
    """A heart that beats no faster than at rest is a mistake."""
    return value if value is not None and value > (resting or 0) else None


def _usual_max(birth_date: date | None, day: date) -> float | None:
    """Tanaka 2001: 208 - 0.7 age."""
    if birth_date is None or birth_date > day:
        return None
    return 208 - 0.7 * age_on(birth_date, day)


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


# --- the place of a day ---------------------------------------------------------------------------------------------

MOST_STAYS: Final = 200
"""Of who changes the profile every day, the newest."""


def with_stay(athlete: Athlete, event: ProfileUpdated, at: datetime) -> Athlete:
    """The same in whatever order, and however often, the news come."""
    if any(stay.first <= event.revision <= stay.last for stay in athlete.stays):
        return athlete
    stay = Stay(
        since=at,
        first=event.revision,
        last=event.revision,
        country=event.country,
        region=event.region,
        city=event.city,
    )
    stays = _joined(sorted([*athlete.stays, stay], key=lambda one: one.first))
    return athlete.model_copy(update={"stays": stays[-MOST_STAYS:]})


def _joined(stays: Sequence[Stay]) -> list[Stay]:
    found = list(stays[:1])
    for before, after in pairwise(stays):
        if before.last + 1 == after.first and before.where == after.where:
            found[-1] = found[-1].model_copy(update={"last": after.last})
        else:
            found.append(after)
    return found


def stay_on(athlete: Athlete, day: date) -> Stay | None:
    """The last that began by the end of the day (UTC); before the first known, the first that says where: a diary that
    is imported is older than the profile."""
    begun = [stay for stay in athlete.stays if stay.since.astimezone(UTC).date() <= day]
    known = begun[-1:] or [stay for stay in athlete.stays if stay.country is not None][:1] or athlete.stays[:1]
    return known[0] if known else None
