"""What a new service may be called, and what is called after it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.paths import ROOT
from stadion_cli.base.errors import UsageError
from stadion_cli.new.names import TEMPLATES, Names, named
from stadion_cli.new.skeleton import FILES, write


@pytest.mark.parametrize(
    ("service", "thing"),
    [
        ("routes", "route"),
        ("training_plans", "training_plan"),
        ("diaries", "diary"),
        ("matches", "match"),
        ("courses", "course"),
        ("boxes", "box"),
        ("addresses", "address"),
    ],
)
def test_one_of_many_is_found_by_the_ending(service: str, thing: str) -> None:
    assert named(service, None, ROOT) == Names(service, thing)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Routes", "not snake_case"),
        ("training-plans", "not snake_case"),
        ("_routes", "not snake_case"),
        ("routes_", "not snake_case"),
        ("2routes", "not snake_case"),
        ("../routes", "not snake_case"),
        ("", "not snake_case"),
        ("route", "not the plural"),
        ("news_of_us", "not the plural"),
        ("progress", "not the plural"),
        ("training_plans_of_the_clubs", "27 letters"),
        ("class", "word of Python"),
        ("lambda", "word of Python"),
        ("classes", "'class' is a word of Python"),
        ("paths", "Path is what the skeleton calls something else"),
        ("values", "Value is what the skeleton calls something else"),
        ("types", "module of Python's"),
        ("statistics", "module of Python's"),
        ("requests", "module of Python's or of a library's"),
        ("workouts", "functions/workouts exists already"),
        ("events", "exists already"),
        ("uploads", "/v1/uploads is served by another service"),
        ("layers", "layers exists already"),
        ("series", "not the plural"),
        ("local_news", "not the plural"),
        ("keys", "Key says nothing without its subject"),
    ],
)
def test_a_name_that_cannot_be_a_services_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(UsageError) as refused:
        named(name, None, ROOT)

    assert reason in refused.value.message


def test_who_says_what_one_is_called_needs_no_plural() -> None:
    assert named("gossip", "rumour", ROOT) == Names("gossip", "rumour")
    with pytest.raises(UsageError, match="not snake_case"):
        named("gossip", "a rumour", ROOT)


def test_what_functions_import_of_the_layer_is_not_hidden() -> None:
    with pytest.raises(UsageError, match="layers/shared/python/stadion exists already"):
        named("stadion", "ground", ROOT)


@pytest.mark.parametrize("thing", ["workout", "gear", "promo"])
def test_what_another_service_calls_so_is_refused_before_anything_is_written(thing: str) -> None:
    """Else the contracts, or a test of all services, would refuse what was written."""
    with pytest.raises(UsageError, match="is a name of another service already") as refused:
        named("journeys", thing, ROOT)

    assert refused.value.hint == "Say otherwise what one is called:  stadion new service journeys --one NAME"


def test_what_python_compiled_of_a_service_that_is_gone_takes_no_name(tmp_path: Path) -> None:
    document = Path("functions", "platform_", "openapi.json")
    (tmp_path / document).parent.mkdir(parents=True)
    shutil.copy2(ROOT / document, tmp_path / document)
    compiled = tmp_path / "functions" / "routes" / "__pycache__"
    compiled.mkdir(parents=True)
    (compiled / "api.cpython-311.pyc").touch()

    assert named("routes", None, tmp_path) == Names("routes", "route")
    (compiled.parent / "api.py").touch()
    with pytest.raises(UsageError, match="functions/routes exists already"):
        named("routes", None, tmp_path)


def test_everything_is_called_after_it() -> None:
    assert Names("training_plans", "training_plan").words == {
        "service": "training_plans",
        "SERVICE": "TRAINING_PLANS",
        "Service": "TrainingPlans",
        "path": "training-plans",
        "title": "Training plans",
        "many": "training plans",
        "thing": "training_plan",
        "Thing": "TrainingPlan",
        "THING": "TRAINING_PLAN",
        "words": "training plan",
        "a": "a",
    }
    assert Names("errands", "errand").words["a"] == "an"


def test_every_template_is_written_and_every_file_has_one() -> None:
    assert {f"{source}.j2" for source in FILES.values()} == {path.name for path in TEMPLATES.glob("*")}


@pytest.mark.parametrize("service", ["errands", "training_plans", "zones_of_long_rivers", "ways"])
def test_what_is_written_is_linted_and_formatted_whatever_its_name(service: str, tmp_path: Path) -> None:
    """A name's length decides where lines end, and its letters where imports stand."""
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)

    written = write(named(service, None, ROOT), tmp_path)

    for command in (("check", "--quiet"), ("format", "--check", "--quiet")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    assert [path for path in written if "{{" in path.read_text(encoding="utf-8")] == []
