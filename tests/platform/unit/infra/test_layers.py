"""Layers are built once, the same bytes every time, for the machine that runs them."""

import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from infra_cdk.environments import DEV, LOCAL, PROD, ROOT, Environment
from infra_cdk.parts import layers

LISTS = sorted((ROOT / "layers").glob("*/requirements.txt"))


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Instead of uv: a package with things that do not belong into a layer."""
    installed: list[Path] = []

    def install(requirements: Path, environment: Environment, target: Path) -> None:
        for name in (
            "some/__init__.py",
            "some/tests/test_some.py",
            "some/__pycache__/x.pyc",
            "some/x.pyi",
            "bin/tool",
            "some-1.dist-info/RECORD",
        ):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x = 1\n" if name.endswith("__init__.py") else f"of {sys.executable}\n")
        installed.append(target)

    monkeypatch.setattr(layers, "install", install)
    return installed


def _names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as zipped:
        return zipped.namelist()


def test_a_layer_is_built_once(packages: list[Path], tmp_path: Path) -> None:
    for _ in range(2):
        layers.build(LISTS[0], PROD, tmp_path / "layer.zip")
    assert len(packages) == 1


def test_a_layer_has_packages_only(packages: list[Path], tmp_path: Path) -> None:
    names = _names(layers.build(LISTS[0], PROD, tmp_path / "layer.zip"))
    assert [name for name in names if not name.endswith(".pyc")] == ["python/some/__init__.py"]


@pytest.mark.parametrize("environment", [LOCAL, PROD])
def test_the_same_list_gives_the_same_bytes_in_any_folder(
    environment: Environment, packages: list[Path], tmp_path: Path
) -> None:
    one, other = (layers.build(LISTS[0], environment, tmp_path / folder / "layer.zip") for folder in ("a", "some/b"))
    assert one.read_bytes() == other.read_bytes()
    assert str(tmp_path).encode() not in one.read_bytes()


def test_a_half_built_layer_is_never_taken_for_a_whole_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(layers, "install", fail)
    with pytest.raises(OSError, match="no network"):
        layers.build(LISTS[0], PROD, tmp_path / "layer.zip")
    assert list(tmp_path.iterdir()) == []


def test_the_hash_follows_the_list_and_the_machine(tmp_path: Path) -> None:
    changed = tmp_path / "requirements.txt"
    changed.write_text(LISTS[0].read_text() + "# one more\n")
    first = layers.recipe_hash(LISTS[0], PROD)
    assert first == layers.recipe_hash(LISTS[0], DEV)
    assert len({first, layers.recipe_hash(changed, PROD), layers.recipe_hash(LISTS[0], LOCAL)}) == 3


def test_the_hash_does_not_know_where_python_is_installed() -> None:
    elsewhere = replace(LOCAL, wheels=("--python", "/somewhere/else/python"))
    assert layers.recipe_hash(LISTS[0], elsewhere) == layers.recipe_hash(LISTS[0], LOCAL)


@pytest.mark.parametrize("environment", [DEV, PROD])
def test_aws_gets_wheels_of_its_own_runtime_and_processor(environment: Environment) -> None:
    asked = dict(zip(environment.wheels[::2], environment.wheels[1::2], strict=True))
    assert f"python{asked['--python-version']}" == environment.runtime.name
    assert asked["--python-platform"].startswith("aarch64-manylinux")
    assert environment.architecture.name == "arm64"
    assert asked["--only-binary"] == ":all:"


@pytest.mark.parametrize("requirements", LISTS, ids=lambda path: path.parent.name)
def test_lists_are_pinned_with_hashes_and_leave_the_sdk_to_the_runtime(requirements: Path) -> None:
    pins = re.findall(r"^([a-z0-9-]+)==\S+ \\\n    --hash=sha256:", requirements.read_text(), re.MULTILINE)
    names = re.findall(r"^([A-Za-z0-9._-]+)[=<>~ ]", requirements.read_text(), re.MULTILINE)
    assert pins == names
    assert not {"boto3", "botocore", "s3transfer"} & set(names)
