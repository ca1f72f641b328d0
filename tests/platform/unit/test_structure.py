"""The command that tells how the house is built, over a small house of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local import structure
from local.paths import ROOT
from tests.kit.changes import OF_SERVICES

HOUSE: Mapping[str, str] = {
    "infra_cdk/__init__.py": "",
    "cli/stadion_cli/__init__.py": "",
    "layers/shared/python/stadion/__init__.py": "",
    "functions/promos/checkout/__init__.py": "",
    "functions/promos/checkout/service.py": "from promos.campaigns import service\n",
    "functions/promos/campaigns/__init__.py": "",
    "functions/promos/campaigns/service.py": "",
    "functions/promos/campaigns/plan.py": "",
    "functions/promos/campaigns/run/__init__.py": "",
    "functions/promos/campaigns/run/store.py": "",
}
BREACH = {"functions/promos/checkout/rules.py": "from promos.campaigns import plan\n"}


class House:
    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "local").mkdir()
        for name in ("__init__", "paths", "structure"):
            shutil.copy(ROOT / "local" / f"{name}.py", root / "local")
        self.add(HOUSE)

    def add(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def tell(self, *folders: str) -> tuple[int, str]:
        """What `python -m local.structure` ends with, and says."""
        done = subprocess.run(
            (sys.executable, "-m", "local.structure", *folders),
            cwd=self.root,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_house_in_order_ends_with_zero_whatever_lies_beside_it(house: House) -> None:
    house.add({"cdk.out/asset.1/promos/service.py": "", "scratch/broken.py": "def (", ".cache/x.py": "def ("})
    house.add({"functions/promos/.checkpoints/old.py": "def (", "notes/__init__.py": "", "notes/one.py": "def ("})

    code, said = house.tell()

    assert code == 0, said
    assert "| functions/promos/checkout |" in said
    assert "asset" not in said
    assert "notes" not in said


@pytest.mark.parametrize("folder", ["functions/promos", "./functions/promos/", "functions/promos/checkout", "{root}"])
def test_a_breach_is_told_however_the_folder_is_written(house: House, folder: str) -> None:
    house.add(BREACH)

    code, said = house.tell(folder.format(root=house.root / "functions" / "promos"))

    assert code == 1
    assert "promos.checkout.rules -> promos.campaigns.plan: neighbours enter by service" in said


@pytest.mark.parametrize(
    "folder", ["functions", "functions/promo", ".", "docs", "functions/promos/campaigns/plan.py", "/"]
)
def test_a_folder_without_code_of_ours_is_refused(house: House, folder: str) -> None:
    (house.root / "docs").mkdir()

    code, said = house.tell(folder)

    assert code == 1
    assert said.startswith(f"{folder}: no code of a package of ours")


@pytest.mark.parametrize("file", ["functions/promos/checkout/prices/rules.py", "functions/promos/a.b.py"])
def test_a_file_that_no_graph_knows_is_told(house: House, file: str) -> None:
    house.add({file: "from promos.campaigns import plan\n"})

    code, said = house.tell("functions/promos")

    assert code == 1
    assert f"{file}: no rule reads it" in said


def test_a_wing_inside_a_wing_is_said_to_be_its_own(house: House) -> None:
    house.add({"functions/promos/checkout/rules.py": "from promos.campaigns.run import store\n"})

    code, said = house.tell("functions/promos")

    assert code == 1
    assert (
        "promos.checkout.rules -> promos.campaigns.run.store: run is a wing inside campaigns, and campaigns's" in said
    )
    assert "neighbours enter" not in said


def test_a_wing_whose_init_holds_anything_has_one_door_more(house: House) -> None:
    house.add({"functions/promos/campaigns/run/__init__.py": "from promos.campaigns.run.store import keep\n"})

    code, said = house.tell("functions/promos")

    assert code == 1
    assert "functions/promos/campaigns/run/__init__.py: a wing's __init__.py is empty" in said


def test_a_service_with_all_its_files_in_wings_is_a_service(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add(
        {"functions/shop/orders/__init__.py": "", "functions/shop/orders/plan.py": "", "functions/notes/a.md": ""}
    )
    monkeypatch.setattr(structure, "ROOT", house.root)

    assert structure.services() == ["promos", "shop"]


def test_the_services_that_a_change_asks_for_are_all_but_the_platform() -> None:
    assert sorted(OF_SERVICES | {"platform_"}) == structure.services()


def test_a_file_that_is_no_python_is_named(house: House) -> None:
    house.add({"functions/promos/checkout/rules.py": "def ("})

    code, said = house.tell("functions/promos")

    assert code == 1
    assert "functions/promos/checkout/rules.py" in said
