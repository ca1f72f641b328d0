"""What is known of an athlete's body, and what of it held on a day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from stadion.athletes import BodyDay, Measurement
from stadion.events.accounts import Gender
from stadion.values import Value
from telemetry.athletes.domain import Person
from telemetry.metrics.values import Body, MetricInput, number

MEASUREMENTS: Final = (
    Measurement.RESTING,
    Measurement.MAX,
    Measurement.THRESHOLD,
    Measurement.FTP,
    Measurement.PACE,
)
"""What metrics rest on."""
USUAL_RESTING_BPM: Final = 60.0
THRESHOLD_OF_RESERVE: Final = 0.85


@dataclass(frozen=True)
class Athlete:
    """`days` in their order."""

    person: Person = field(default_factory=Person)
    days: tuple[BodyDay, ...] = ()


def body_on(athlete: Athlete, day: date) -> Body:
    """Without a look at consents: whoever may not use what is known asks of `Athlete()`."""
    resting = _held(athlete, Measurement.RESTING, day) or MetricInput(value=USUAL_RESTING_BPM, assumed="usual")
    most = _above(_held(athlete, Measurement.MAX, day) or _max_by_age(athlete.person.birth_date, day), resting)
    return Body(
        resting=resting,
        max=most,
        threshold=_threshold(_held(athlete, Measurement.THRESHOLD, day), resting, most),
        ftp=_held(athlete, Measurement.FTP, day),
        pace=_held(athlete, Measurement.PACE, day),
        weighting=_weighting(athlete.person.gender),
    )


def _above(given: MetricInput | None, resting: MetricInput) -> MetricInput | None:
    """A heart that beats no faster than at rest is a mistake."""
    return given if given is not None and number(given) > number(resting) else None


def _threshold(given: MetricInput | None, resting: MetricInput, most: MetricInput | None) -> MetricInput | None:
    """A measured threshold above a measured maximum is a mistake, of which kind nobody knows."""
    known = _above(given, resting)
    if known is None or (most is not None and most.assumed is None and number(known) >= number(most)):
        return _threshold_by_reserve(resting, most)
    return known


def _held(athlete: Athlete, what: Measurement, day: date) -> MetricInput | None:
    """The last value up to the day; before the first one, that one, as an assumption."""
    known = [measured for measured in athlete.days if what in measured.values]
    if not known:
        return None
    before = [measured for measured in known if measured.day <= day]
    if before:
        return MetricInput(value=before[-1].values[what], since=before[-1].day)
    return MetricInput(value=known[0].values[what], since=known[0].day, assumed="measured_later")


def _max_by_age(birth_date: date | None, day: date) -> MetricInput | None:
    """Tanaka 2001: 208 - 0.7 age."""
    if birth_date is None or birth_date > day:
        return None
    return MetricInput(value=round(208 - 0.7 * age_on(birth_date, day), 1), assumed="tanaka_2001")


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _threshold_by_reserve(resting: MetricInput, most: MetricInput | None) -> MetricInput | None:
    """85 % of the heart rate reserve, as elevate assumes it."""
    if most is None:
        return None
    reserve = number(most) - number(resting)
    return MetricInput(
        value=round(number(resting) + THRESHOLD_OF_RESERVE * reserve, 1), assumed="85_percent_of_reserve"
    )


def _weighting(gender: Gender | None) -> MetricInput:
    if gender is Gender.FEMALE or gender is Gender.MALE:
        return MetricInput(value=gender.value)
    return MetricInput(value=Gender.MALE.value, assumed="usual")


# --- what a change touches ------------------------------------------------------------------------------------------


class Touched(Value):
    """Workouts of the days from `since` on, before `until`; None is no limit."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def joined(self, other: "Touched") -> "Touched":
        """The shortest time with both in it."""
        since = min(self.since, other.since) if self.since is not None and other.since is not None else None
        until = max(self.until, other.until) if self.until is not None and other.until is not None else None
        return Touched(since=since, until=until)


def touched_by(athlete: Athlete, changed: BodyDay) -> Touched | None:
    """Where the changed day may count: until other days say the same things, and before it if it said them first."""
    if not changed.ever:
        return None
    earlier = [_names(athlete, what, before=changed.day) for what in changed.ever]
    later = [_next_day(athlete, what, after=changed.day) for what in changed.ever]
    ends = [day for day in later if day is not None]
    return Touched(
        since=changed.day if all(earlier) else None,
        until=max(ends) if len(ends) == len(later) and all(earlier) else None,
    )


def _names(athlete: Athlete, what: Measurement, *, before: date) -> bool:
    return any(one.day < before and what in one.values for one in athlete.days)


def _next_day(athlete: Athlete, what: Measurement, *, after: date) -> date | None:
    return next((one.day for one in athlete.days if one.day > after and what in one.values), None)
