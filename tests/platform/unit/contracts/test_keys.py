"""The tables of keys in READMEs are written from the records in the code."""

from pathlib import Path

import pytest

from local.contracts import keys
from local.contracts.models import ContractError
from local.contracts.services import FUNCTIONS

SERVICES = sorted(path.parent for path in FUNCTIONS.glob("*/README.md"))


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_every_kind_of_record_stands_once_in_a_readme_of_its_service(service: object) -> None:
    texts = {path: text for path, text in keys.readmes().items() if service in path.parents}
    rows = [str(row) for row in keys.rows(service)]  # type: ignore[arg-type]

    assert [row for row in rows if sum(row in text.splitlines() for text in texts.values()) != 1] == []


def test_every_kind_of_record_says_who_writes_and_reads_it() -> None:
    rows = [row for service in SERVICES for row in keys.rows(service)]

    assert len(rows) > 30
    assert [f"{row.path.parent.name}.{row.name}" for row in rows if not row.about] == []


def test_two_kinds_of_one_service_never_share_a_key() -> None:
    """But those that take each other's place."""
    for service in SERVICES:
        places = [(row.records.pk, row.records.sk, row.name) for row in keys.rows(service)]
        shared = [name for pk, sk, name in places if sum((pk, sk) == other[:2] for other in places) > 1]
        assert set(shared) <= {"WORKOUTS", "TOMBSTONES"}


@pytest.mark.parametrize(
    ("readme", "told"),
    [
        (None, r"^functions/notes/README\.md is missing$"),
        ("# notes", r"^functions/notes/README\.md has no place for the table of keys: a line <!-- keys"),
        (f"{keys.BEGIN}\n", r"^functions/notes/README\.md has no place for the table of keys"),
    ],
    ids=["no README", "no markers", "one marker"],
)
def test_a_service_without_a_place_for_its_keys_is_told(
    readme: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "store.py").write_text("from stadion.records import Records\n")
    if readme is not None:
        (folder / "README.md").write_text(readme)
    monkeypatch.setattr(keys, "FUNCTIONS", tmp_path)

    with pytest.raises(ContractError, match=told):
        keys.check_readmes()


def test_the_services_that_are_there_have_theirs() -> None:
    keys.check_readmes()
