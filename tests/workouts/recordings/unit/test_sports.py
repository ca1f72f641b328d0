import subprocess
import sys
from pathlib import Path

import pytest

import stadion.sports
from stadion.sports import Family, PacedBy, SportType, from_fit, from_gpx, from_tcx, sport, sports


def test_each_of_stravas_56_sports_has_one_row() -> None:
    assert len(SportType) == 56
    assert set(sports()) == set(SportType)
    assert all(sport(name).sport_type == name for name in SportType)


TABLE = Path(stadion.sports.__file__).with_suffix(".toml").read_text()
RUN = next(line for line in TABLE.splitlines() if line.startswith("Run = "))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("", "says nothing of Run"),
        (RUN.replace("Run = ", "Quidditch = "), "Quidditch"),
        (RUN.replace('"pace"', '"parsec"'), "parsec"),
        (RUN.replace("met = ", "metres = "), "metres"),
        (RUN.replace("met = 9.8, ", ""), "met"),
        (f"{RUN}\n{RUN}", "line 15"),
        (RUN.replace('["running", "run", "9"]', '"running"'), "gpx = 'running'"),
        (RUN.replace("climbs = true", 'climbs = "no"'), "climbs = 'no'"),
    ],
)
def test_a_table_with_a_mistake_is_refused_by_its_word(wrong: str, told: str) -> None:
    with pytest.raises((ValueError, TypeError), match=told):
        stadion.sports._Tables(TABLE.replace(RUN, wrong))


def test_a_word_that_no_folded_one_is_like_is_refused() -> None:
    with pytest.raises(ValueError, match="not folded: Road Running"):
        stadion.sports._Tables(TABLE.replace("[gpx_types]", '[gpx_types]\n"Road Running" = "Run"'))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="Quidditch"):
        sport("Quidditch")


@pytest.mark.parametrize("name", SportType)
def test_every_row_makes_sense(name: SportType) -> None:
    kind = sport(name)
    assert 0 < kind.stop_speed_mps < kind.top_speed_mps
    assert 1 < kind.met < 15
    assert 0 < kind.xp_weight <= 1.5
    assert kind.has_distance or kind.paced_by is PacedBy.NONE


def test_its_own_names_lead_back_to_a_sport() -> None:
    for kind in sports().values():
        assert from_fit(kind.fit_sport, kind.fit_sub_sport) is kind.sport_type
        assert from_gpx(kind.sport_type) is kind.sport_type
        assert all(from_gpx(name) is kind.sport_type for name in kind.gpx_types)
        assert kind.tcx_sport in ("Running", "Biking", "Other")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("cycling", "road"), SportType.RIDE),
        (("cycling", "indoor_cycling"), SportType.RIDE),
        (("running", "treadmill"), SportType.RUN),
        (("swimming", "open_water"), SportType.SWIM),
        (("fitness_equipment", "indoor_rowing"), SportType.ROWING),
        (("transition", "generic"), SportType.WORKOUT),
        (("generic", None), SportType.WORKOUT),
        ((None, None), SportType.WORKOUT),
        ((254, 77), SportType.WORKOUT),
    ],
)
def test_a_fit_sport_becomes_the_nearest_of_ours(
    names: tuple[str | int | None, str | int | None], expected: SportType
) -> None:
    assert from_fit(*names) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Running", SportType.RUN), ("Biking", SportType.RIDE), ("Other", SportType.WORKOUT), (None, SportType.WORKOUT)],
)
def test_a_tcx_sport_becomes_one_of_ours(name: str | None, expected: SportType) -> None:
    assert from_tcx(name) is expected


def test_what_does_not_say_its_sport_is_of_unknown_family() -> None:
    assert sport(from_gpx(None)).family is Family.UNKNOWN


def test_the_table_needs_no_numpy() -> None:
    roots = [entry for entry in sys.path if entry.endswith("python")]
    script = "import sys; import stadion.sports; sys.exit('numpy' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(roots)}, check=False).returncode == 0
    )
