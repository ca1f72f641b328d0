"""Entry points are found by reading, and each is one function."""

from pathlib import Path

import pytest

from infra_cdk.environments import LOCAL
from infra_cdk.parts import entry_points as parts
from infra_cdk.parts.entry_points import FORMER, AmbiguousNameError, EntryPoint, entry_points

HANDLER = "handler = consumer(receive)\n"
STEP = "send_batch = task(steps.send)\n"


def written(functions: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = functions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return functions


@pytest.mark.parametrize(
    "files",
    [
        {"promos/tasks.py": STEP, "promos/task_send_batch.py": HANDLER},
        {"promos/wear_offers/on_gear.py": HANDLER, "promos/wear/offers/on_gear.py": HANDLER},
        {"platform/on_gear.py": HANDLER, "platform_/on_gear.py": HANDLER},
        {"promos/tasks.py": STEP * 2},
    ],
)
def test_two_entry_points_of_one_name_are_refused_and_both_places_named(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(AmbiguousNameError) as refused:
        list(entry_points(written(tmp_path, files)))

    assert [name for name in files if f"functions/{name}" not in str(refused.value)] == []


def test_one_name_in_two_wings_is_two_functions(tmp_path: Path) -> None:
    written(tmp_path, {"promos/offers/on_gear.py": HANDLER, "promos/athletes/on_gear.py": HANDLER})

    assert {one.id for one in entry_points(tmp_path)} == {"promos-offers-on-gear", "promos-athletes-on-gear"}


def test_a_byte_order_mark_hides_no_entry_point(tmp_path: Path) -> None:
    written(tmp_path, {"promos/on_gear.py": f"\ufeff{HANDLER}"})

    assert [one.id for one in entry_points(tmp_path)] == ["promos-on-gear"]


@pytest.mark.parametrize(
    "content", [b"handler = (", 'handler = "ä"\n'.encode("latin-1")], ids=["unfinished", "latin-1"]
)
def test_a_file_that_is_no_python_is_named(content: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, {"promos/on_gear.py": ""}) / "promos" / "on_gear.py"
    path.write_bytes(content)

    with pytest.raises(SyntaxError) as refused:
        list(entry_points(tmp_path))

    assert refused.value.filename == str(path)


def test_a_function_that_was_renamed_twice_is_there_under_both_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "FORMER", {"promos-offers-tell": ("promos-task-tell", "promos-wear-tell")})
    today = EntryPoint.of("promos", "offers/tasks.tell")

    assert [one.name for one in today.formers] == ["stadion-promos-task-tell", "stadion-promos-wear-tell"]
    assert {one.handler for one in today.formers} == {today.handler}
    assert EntryPoint.of("promos", "offers/tasks.remind").formers == ()


def test_no_function_of_today_bears_a_name_that_is_kept_for_another() -> None:
    kept = [name for names in FORMER.values() for name in names]

    assert len(kept) == len(set(kept))
    assert {one.id for one in entry_points(LOCAL.functions)} & set(kept) == set()
