"""What lies beside a service's tests is found: `tests/<service>/{route_cases,moto,mutants}.py` are listed nowhere."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]


def modules_beside(name: str) -> list[str]:
    """As they are imported, in the order of the folders' names."""
    folders = sorted(path.parent.name for path in TESTS.glob(f"*/{name}.py") if path.parent.name != "kit")
    return [f"{TESTS.name}.{folder}.{name}" for folder in folders]


def beside(name: str) -> dict[str, ModuleType]:
    """By the folder of `tests/`."""
    return {module.split(".")[1]: import_module(module) for module in modules_beside(name)}
