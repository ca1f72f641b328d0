"""What accounts tells of an athlete, kept in any order, and asked for by whoever measures."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from tests.kit.consents import UNTOLD
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.workouts.recordings.unit import samples
from tests.workouts.uploads.integration.test_uploads import upload
from workouts.athletes import service
from workouts.athletes.values import Athlete, Sex

DAY = date(2026, 11, 20)


def told(detail_type: str, data: dict[str, Any]) -> dict[str, Any]:
    return entry(detail_type, data, source="accounts")


def agreed(revision: int, *, granted: bool = True) -> dict[str, Any]:
    when = {"text_version": "2026-10", "changed_at": "2026-11-20T06:00:00Z"}
    return told("ConsentChanged", {"kind": "health_data", "granted": granted, "revision": revision, **when})


REGISTERED = told("UserRegistered", {"language": "ru", "time_zone": "Europe/Moscow"})
PROFILE = told(
    "ProfileUpdated",
    {"revision": 2, "language": "ru", "time_zone": "Asia/Tokyo", "birth_date": "1986-06-15", "gender": "male"},
)
WEIGHED = told("PhysicalDataChanged", {"measured_on": "2026-11-01", "revision": 2, "mass_kg": 71.5, "height_cm": 180})
WEIGHED_BEFORE = told("PhysicalDataChanged", {"measured_on": "2026-11-01", "revision": 1, "mass_kg": 80})
NEWS = [REGISTERED, PROFILE, WEIGHED_BEFORE, WEIGHED, agreed(1)]


def tell(workouts: Service, *events: dict[str, Any]) -> None:
    for event in events:
        assert workouts.invoke("on_account_events", sqs_event(event))["batchItemFailures"] == []


def test_of_an_athlete_nobody_told_of_nothing_is_known(workouts: Service) -> None:
    workouts.enter()
    assert (service.zone_of(UNTOLD), service.body_on(UNTOLD, DAY)) == (None, Athlete())


@pytest.mark.parametrize("order", list(permutations(range(len(NEWS))))[::17])
def test_the_copy_is_the_same_in_whatever_order_and_however_often_the_news_come(
    workouts: Service, order: tuple[int, ...]
) -> None:
    tell(workouts, *(NEWS[n] for n in order), *NEWS)
    assert service.zone_of(ATHLETE) == "Asia/Tokyo"
    assert service.body_on(ATHLETE, DAY) == Athlete(sex=Sex.MALE, age_years=40, mass_kg=71.5, agrees=True)
    assert service.zone_of(OTHER) is None


def test_a_consent_tells_no_zone(workouts: Service) -> None:
    tell(workouts, agreed(1))
    assert service.zone_of(ATHLETE) is None


def test_who_withdraws_the_consent_is_measured_without_a_body_from_then_on(workouts: Service) -> None:
    tell(workouts, *NEWS, agreed(2, granted=False))
    assert service.body_on(ATHLETE, DAY) == Athlete()
    tell(workouts, agreed(3))
    assert service.body_on(ATHLETE, DAY).mass_kg == 71.5


def test_calories_are_measured_with_the_body_only_while_the_athlete_agrees(workouts: Service) -> None:
    hour = "".join(
        samples.a_trkpt(second, lat=f"{50 + second * 3e-5:.6f}", inner="<extensions><hr>150</hr></extensions>")
        for second in range(0, 3600, 4)
    )

    def burnt(sent: str) -> tuple[str, float]:
        [workout_id] = upload(workouts, "a.gpx", samples.a_gpx(hour + sent), on_duplicate="force")["workout_ids"]
        shown = workouts.call("GET", f"/v1/workouts/{workout_id}").body
        return shown["calories_method"], shown["calories_kcal"]

    tell(workouts, *NEWS[:-1], agreed(1, granted=False))
    assert burnt("") == ("met_assumed_mass", pytest.approx(9.8 * 70, rel=0.01))
    tell(workouts, agreed(2))
    keytel_kj = -55.0969 + 0.6309 * 150 + 0.1988 * 71.5 + 0.2017 * 39  # on the first of May, before the birthday
    assert burnt(" ") == ("heart_rate", pytest.approx(60 * keytel_kj / 4.184, rel=0.01))
    tell(workouts, agreed(3, granted=False))
    assert burnt("  ")[0] == "met_assumed_mass"


def test_of_physical_data_only_the_mass_is_kept(workouts: Service) -> None:
    tell(workouts, WEIGHED)
    assert [day["values"] for day in workouts.bodies("physical")] == [{"mass_kg": 71.5}]
