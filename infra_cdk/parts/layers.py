"""The Lambda layers: our shared code, and third-party packages built by uv from hash-pinned lists, without Docker.

Each stack has layer versions of its own over the same content-addressed assets: the export of a layer's ARN could not
change while another stack imports it, and a layer version costs nothing.
"""

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk.aws_lambda import Code, LayerVersion
from constructs import Construct

from infra_cdk.environments import ROOT, Environment
from infra_cdk.parts.bytecode import LAYER, compile_tree, compiled, compiler, pack, version_of
from infra_cdk.parts.entry_points import PRODUCT

BUILT = ROOT / ".stadion" / "layers"
RECIPE = "4"
"""Part of every hash: raise it when this file builds something else from the same list."""
INSTALLERS = ("**/__pycache__", "bin", "*.dist-info/RECORD")
"""What an installation leaves: a RECORD has hashes of scripts that name the Python which installed them."""
LEFT_OUT = (*INSTALLERS, "**/tests", "**/*.pyi", "phonenumbers/geodata", "phonenumbers/carrierdata")
"""The last two (18 MB) name places and operators of numbers; we only validate and format."""


class Layers(Construct):
    """`shared` and `vendor` for every function; a heavy one (`tracks`, `images`) only where it is asked for."""

    def __init__(self, scope: Construct, *, service: str, environment: Environment) -> None:
        super().__init__(scope, "Layers")
        self._service = service
        self._environment = environment
        check_sports()
        self.common = [self._version("shared", shared(environment)), self._version("vendor", self._built("vendor"))]

    def heavy(self, name: str) -> LayerVersion:
        """The packages of `layers/<name>/requirements.txt`."""
        return self._version(name, self._built(name))

    def _version(self, name: str, code: Code) -> LayerVersion:
        return LayerVersion(
            self,
            name.title(),
            layer_version_name=f"{PRODUCT}-{self._service}-{name}",
            code=code,
            compatible_runtimes=[self._environment.runtime],
            compatible_architectures=[self._environment.architecture],
        )

    def _built(self, name: str) -> Code:
        requirements = ROOT / "layers" / name / "requirements.txt"
        digest = recipe_hash(requirements, self._environment)
        archive = build(requirements, self._environment, BUILT / f"{name}-{digest[:16]}.zip")
        return Code.from_asset(str(archive), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM)


def shared(environment: Environment) -> Code:
    """What every service shares."""
    folder = ROOT / "layers" / "shared"
    if environment.compiled_code and (python := compiler(version_of(environment))):
        files = [
            (path.relative_to(folder).as_posix(), path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.parent.name != "__pycache__"
        ]
        archive, digest = compiled("shared", files, python, seen_at=LAYER)
        return Code.from_asset(str(archive), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM)
    return Code.from_asset(str(folder), exclude=["**/__pycache__"])


def check_sports() -> None:
    """What is wrong in the table is known before anything is deployed. The layer is no import root of this app."""
    path = ROOT / "layers" / "shared" / "python" / "stadion" / "sports.py"
    runpy.run_path(str(path))["sports"]()


def recipe_hash(requirements: Path, environment: Environment) -> str:
    """The same for the same pinned list, wheels and recipe, wherever and whenever it is built."""
    wheels = environment.wheels if "--python-platform" in environment.wheels else host_wheels()
    parts = (RECIPE, *wheels, str(compiler(version_of(environment)) is not None), requirements.read_text())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def host_wheels() -> tuple[str, ...]:
    """Names the host's kind of wheel, without a path."""
    return (sys.implementation.cache_tag or "", sys.platform, os.uname().machine)


def build(requirements: Path, environment: Environment, archive: Path) -> Path:
    """A zip of `python/<packages>` at `archive`; nothing to do when it is there."""
    if archive.exists():
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        packages = Path(folder, "python")
        install(requirements, environment, packages)
        strip(packages)
        if python := compiler(version_of(environment)):
            compile_tree(packages, python, seen_at=f"{LAYER}/python")
        draft = Path(folder, "layer.zip")
        pack(packages, draft, under="python/")
        draft.replace(archive)
    return archive


def install(requirements: Path, environment: Environment, packages: Path) -> None:
    uv = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--link-mode",
        "copy",
    ]
    subprocess.run([*uv, *environment.wheels, "--target", str(packages), "-r", str(requirements)], check=True)


def strip(packages: Path) -> None:
    for pattern in LEFT_OUT:
        for path in list(packages.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for lock in packages.glob(".lock"):
        lock.unlink()
