"""Who keeps a copy of an athlete listens to what it comes by, and to nothing else of accounts."""

from importlib import import_module
from pathlib import Path

import pytest

from local.paths import ROOT
from stadion.athletes import BodyDay, Copy, told_by
from stadion.events.accounts import PhysicalDataChanged
from stadion.records import Records

FUNCTIONS = ROOT / "functions"
LISTENERS = sorted(FUNCTIONS.glob("**/on_account_events.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts)


def stores_of(service: str) -> list[str]:
    return [name_of(path) for path in sorted((FUNCTIONS / service).glob("**/*store.py"))]


@pytest.mark.parametrize("listener", [name_of(path) for path in LISTENERS])
def test_a_copy_s_consumer_takes_what_the_copy_comes_by(listener: str) -> None:
    stores = [import_module(name) for name in stores_of(listener.partition(".")[0])]
    models = {one.model for store in stores for one in vars(store).values() if isinstance(one, Records)}
    copies = {model for model in models if issubclass(model, Copy)}
    wanted = frozenset().union(*(told_by(copy) for copy in copies))
    if BodyDay in models:
        wanted |= {PhysicalDataChanged}

    assert copies
    assert frozenset(import_module(listener).handler.events) == wanted


def test_a_service_with_a_copy_has_its_consumer() -> None:
    keepers = [path for path in FUNCTIONS.glob("**/*.py") if "from stadion.athletes import" in path.read_text()]

    assert {name_of(path).partition(".")[0] for path in keepers} == {
        name_of(path).partition(".")[0] for path in LISTENERS
    }
