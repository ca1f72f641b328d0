"""Who publishes what, and under which name: the bus routes, archives and replays by it."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeGuard

import pytest

from local.paths import ROOT
from local.structure import services
from stadion import settings
from stadion.events.catalogue import CATALOGUE
from stadion.events.gamification import PersonalRecordSet
from stadion.events.notifications import NotificationRequested
from stadion.events.outbox import ForeignEventError, outbox_items
from tests.kit.services import service_environment

FUNCTIONS = ROOT / "functions"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def made_by(service: str) -> Iterator[str]:
    """The events that a service constructs, or names away from its doors, as in a table."""
    for file in sorted((FUNCTIONS / service).rglob("*.py")):
        tree = ast.parse(file.read_bytes(), filename=str(file))
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and is_event(node.func)}
        named = {node.id for node in ast.walk(tree) if is_event(node) and not file.stem.startswith("on_")}
        yield from called | {name for name in named if CATALOGUE[name].source == f"stadion.{service}"}


def is_event(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id in CATALOGUE


PUBLISHERS = {service: frozenset(made_by(service)) for service in services()}


@pytest.fixture
def published_as(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    service_environment(monkeypatch)
    yield monkeypatch
    settings.forget()


def test_every_event_has_a_publisher() -> None:
    published = frozenset().union(*PUBLISHERS.values())

    assert set(CATALOGUE) - published == set()


@pytest.mark.parametrize("service", [name for name, events in PUBLISHERS.items() if events])
def test_a_service_publishes_under_its_own_name(service: str, published_as: pytest.MonkeyPatch) -> None:
    published_as.setenv("STADION_SERVICE", service)
    settings.forget()
    events = [CATALOGUE[name].model_construct() for name in sorted(PUBLISHERS[service])]

    items = outbox_items(events, user_id="u", correlation_id="c", now=NOW)

    assert {item.body["source"] for item in items} == {f"stadion.{service}"}


def test_what_only_another_service_can_know_is_not_published(published_as: pytest.MonkeyPatch) -> None:
    published_as.setenv("STADION_SERVICE", "promos")
    settings.forget()
    asked, foreign = NotificationRequested.model_construct(), PersonalRecordSet.model_construct()

    with pytest.raises(ForeignEventError, match=r"PersonalRecordSet of stadion\.gamification"):
        outbox_items([asked, foreign], user_id="u", correlation_id="c", now=NOW)


def test_no_record_is_made_of_an_event() -> None:
    """What a service keeps has a class of its own: an event may gain fields, and what is kept may not."""
    fields = [
        f"{file.relative_to(FUNCTIONS)}: {kept.name}.{ast.unparse(field.target)}"
        for file in sorted(FUNCTIONS.rglob("*.py"))
        for kept in ast.walk(ast.parse(file.read_bytes(), filename=str(file)))
        if isinstance(kept, ast.ClassDef) and kept.bases  # models; what a function returns may hold events
        for field in kept.body
        if isinstance(field, ast.AnnAssign) and any(is_event(name) for name in ast.walk(field.annotation))
    ]
    heirs = [
        f"{file.relative_to(FUNCTIONS)}: {kept.name}"
        for file in sorted(FUNCTIONS.rglob("*.py"))
        for kept in ast.walk(ast.parse(file.read_bytes(), filename=str(file)))
        if isinstance(kept, ast.ClassDef) and any(is_event(base) for base in kept.bases)
    ]

    assert fields + heirs == [], "a class of its own: an event may gain fields, and what is stored may not"
