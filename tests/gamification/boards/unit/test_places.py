"""Where an athlete was on a day, whatever the order in which the profile's versions come."""

from datetime import UTC, date, datetime
from itertools import permutations

from gamification.athletes.domain import Athlete, stay_on, with_stay
from stadion.events.accounts import ProfileUpdated


def profile(revision: int, country: str | None) -> tuple[ProfileUpdated, datetime]:
    told = {"language": "en", "time_zone": "UTC", "revision": revision, "country": country}
    return ProfileUpdated.model_validate(told), datetime(2026, 1, revision, 12, tzinfo=UTC)


def country_on(athlete: Athlete, day: int) -> str | None:
    stay = stay_on(athlete, date(2026, 1, day))
    return stay.country if stay is not None else None


def test_a_day_has_the_place_of_then_in_any_order() -> None:
    news = [profile(2, "RU"), profile(3, "RU"), profile(5, "KZ"), profile(6, "RU")]
    known = set()
    for order in permutations(news):
        athlete = Athlete()
        for event, at in (*order, order[0]):
            athlete = with_stay(athlete, event, at)
        known.add(athlete.model_dump_json())
        assert [country_on(athlete, day) for day in (1, 2, 4, 5, 6, 30)] == ["RU", "RU", "RU", "KZ", "RU", "RU"]
    assert len(known) == 1


def test_of_whom_nobody_told_the_place_is_unknown() -> None:
    assert stay_on(Athlete(), date(2026, 1, 1)) is None


def test_many_changes_are_not_kept_for_ever() -> None:
    athlete = Athlete()
    for revision in range(2, 600):
        event = profile(2, "RU" if revision % 2 else "KZ")[0].model_copy(update={"revision": revision})
        athlete = with_stay(athlete, event, datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert len(athlete.stays) == 200
