"""Every reason that the code can give has its sentence, in both languages, complete with its values."""

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from local.paths import ROOT
from stadion.i18n import Language
from stadion.sports import SportType, sport
from stadion.units import KnownReader, UnitSystem
from workouts.domain import WorkoutFlag, speed_too_high
from workouts.reasons import Reason
from workouts.schemas import WorkoutFlagResponse
from workouts.texts import TEXTS, worded

MAKERS = {"RecordingError", "Reason.of", "WorkoutFlag.of"}


def given() -> Iterator[tuple[str, set[str]]]:
    """The reasons that are made in the code: their codes and the names of their values."""
    for path in (ROOT / "functions" / "workouts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
            match node:
                case ast.Call(args=[ast.Constant(value=str(code))]) if ast.unparse(node.func) in MAKERS:
                    yield code, {keyword.arg or "" for keyword in node.keywords}


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_reason_has_a_sentence_for_its_values() -> None:
    found = list(given())
    assert len(found) > 25
    for code, names in found:
        assert names >= places(TEXTS[code].en), code


def test_both_languages_say_the_same_values() -> None:
    assert [code for code, text in TEXTS.items() if places(text.en) != places(text.ru)] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, "The file holds more than 1,000,000 points. Split it and upload the parts."),
        (
            Language.RU,
            "В файле больше 1_000_000 точек. Разделите его и загрузите частями.".replace("_", "\N{NO-BREAK SPACE}"),
        ),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language: Language, said: str) -> None:
    assert worded(Reason.of("too_many_points", most=1_000_000), KnownReader(language)) == said


def test_a_decimal_has_a_comma_in_russian() -> None:
    flag = WorkoutFlag.of("average_speed_too_high", kmh=48.2, sport="Run")
    assert spaced(worded(flag, KnownReader())) == "An average of 48.2 km/h is too fast for Running."
    assert "48,2 км/ч" in spaced(worded(flag, KnownReader(Language.RU)))
    assert "30 mph" in spaced(worded(flag, KnownReader(units=UnitSystem.IMPERIAL)))


@pytest.mark.parametrize(
    ("speed_mps", "limit_mps", "said"),
    [
        (20.0, 12.5, "72 km/h is faster than Running can be (45 km/h)."),
        (8.0, 7.95, "28.8 km/h is faster than Running can be (28.6 km/h)."),
        (8.001, 8.0, "28.804 km/h is faster than Running can be (28.8 km/h)."),
    ],
)
def test_a_speed_is_never_told_as_faster_than_itself(speed_mps: float, limit_mps: float, said: str) -> None:
    flag = speed_too_high(speed_mps, limit_mps, sport(SportType.RUN))
    assert spaced(worded(flag, KnownReader())).startswith(said)


def test_a_flag_that_was_stored_in_english_is_read_as_it_was() -> None:
    old = WorkoutFlag.model_validate({"code": "gps_jump", "detail": "The position jumps."})
    assert WorkoutFlagResponse.of(old, KnownReader(Language.RU)).detail == "The position jumps."


def test_a_code_of_another_version_speaks_for_itself() -> None:
    assert worded(Reason.of("of_tomorrow", km=3), KnownReader(Language.RU)) == "of_tomorrow"


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
