"""What goes to Lambda brings the bytecode of the Python that runs it: none can be written there."""

import marshal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from infra_cdk.environments import DEV, LOCAL, PROD, ROOT
from infra_cdk.parts import bytecode, layers
from infra_cdk.parts.bytecode import compiled, compiler, version_of
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.function import service_code, sources

HEADER = 16
UNCHECKED = 1
OF_LAMBDA = compiler(version_of(PROD))
needs_it = pytest.mark.skipif(OF_LAMBDA is None, reason="no Python of Lambda's version is here, nor could be brought")
OTHER = "1.0"


@pytest.fixture
def unknown() -> Iterator[None]:
    """Nobody has looked for a Python yet."""
    compiler.cache_clear()
    yield
    compiler.cache_clear()


def magic_of(python: str) -> bytes:
    told = [python, "-c", "import importlib.util as u, sys; sys.stdout.buffer.write(u.MAGIC_NUMBER)"]
    return subprocess.run(told, capture_output=True, check=True).stdout


def files_of(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@needs_it
@pytest.mark.parametrize("service", ["promos", "platform", "telemetry"])
def test_each_module_of_a_function_comes_with_bytecode_of_lambdas_own_python(service: str) -> None:
    assert OF_LAMBDA is not None
    files = sources(EntryPoint.of(service, "api"), PROD)

    found = files_of(compiled(f"test-{service}", files, OF_LAMBDA, seen_at="/var/task")[0])

    modules = [name for name in found if name.endswith(".py")]
    tag = f"cpython-{version_of(PROD).replace('.', '')}"
    assert len(modules) > 3
    number = magic_of(OF_LAMBDA)
    for name in modules:
        folder, _, module = name.rpartition("/")
        header = found[f"{folder}/__pycache__/{module.removesuffix('.py')}.{tag}.pyc"][:HEADER]
        assert header[:4] == number
        assert int.from_bytes(header[4:8], "little") == UNCHECKED


@needs_it
def test_the_shared_layer_has_bytecode_too() -> None:
    assert OF_LAMBDA is not None
    for environment in (DEV, PROD):
        assert layers.shared(environment).path.endswith(".zip")  # type: ignore[attr-defined]


def test_it_is_the_same_bytes_each_time_and_names_the_place_in_lambda(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [("stadion/ids.py", ROOT / "layers/shared/python/stadion/ids.py")]
    made = []
    for folder in ("a", "b"):
        monkeypatch.setattr(bytecode, "CODE", tmp_path / folder)
        made.append(compiled("one", files, sys.executable, seen_at="/opt/python")[0])

    assert made[0].read_bytes() == made[1].read_bytes()
    code = next(text for name, text in files_of(made[0]).items() if name.endswith(".pyc"))
    read: CodeType = marshal.loads(code[HEADER:])
    assert read.co_filename == "/opt/python/stadion/ids.py"


def test_another_source_is_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytecode, "CODE", tmp_path / "code")
    source = tmp_path / "one.py"
    hashes = set()
    for text in ("x = 1\n", "x = 2\n"):
        source.write_text(text)
        hashes.add(compiled("one", [("one.py", source)], sys.executable, seen_at="/opt")[1])

    assert len(hashes) == 2


def test_the_files_are_those_that_the_laptop_gets() -> None:
    """Two ways to say what a function's asset is: they say the same."""
    from aws_cdk import App, Stack
    from aws_cdk.aws_lambda import Function

    for service in ("notifications", "promos", "platform"):
        point = EntryPoint.of(service, "api")
        app = App()
        Function(Stack(app, "s"), "f", runtime=LOCAL.runtime, handler=point.handler, code=service_code(point, LOCAL))
        (asset,) = [path for path in Path(app.synth().directory).glob("asset.*") if path.is_dir()]
        local = {path.relative_to(asset).as_posix() for path in asset.rglob("*") if path.is_file()}
        assert {place for place, _ in sources(point, PROD)} == local


def test_without_that_python_it_says_so_and_goes_on(
    unknown: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "_found", lambda version: iter([sys.executable, "/nowhere/python"]))
    monkeypatch.setattr(bytecode, "_brought", lambda version: iter(()))

    assert compiler(OTHER) is None
    assert f"no Python {OTHER} is here" in capsys.readouterr().err


def test_who_wants_none_hears_nothing(
    unknown: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(bytecode.CHOICE, "0")

    assert compiler(version_of(PROD)) is None
    assert capsys.readouterr().err == ""
