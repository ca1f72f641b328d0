"""The tables of keys in READMEs are written from the records in the code."""

import pytest

from local.contracts import keys
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
