"""The files of a new service: what is written where, from the templates of this package."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from stadion_cli.base.errors import CliError
from stadion_cli.new.names import TEMPLATES, Names

FILES: Final = {
    "functions/{service}/README.md": "README.md",
    "functions/{service}/api.py": "api.py",
    "functions/{service}/contract.toml": "contract.toml",
    "functions/{service}/domain.py": "domain.py",
    "functions/{service}/errors.py": "errors.py",
    "functions/{service}/on_workout_events.py": "on_workout_events.py",
    "functions/{service}/schemas.py": "schemas.py",
    "functions/{service}/service.py": "service.py",
    "functions/{service}/store.py": "store.py",
    "layers/shared/python/stadion/events/{service}.py": "events.py",
    "infra_cdk/stacks/{service}.py": "stack.py",
    "tests/{service}/unit/test_rules.py": "test_rules.py",
    "tests/{service}/integration/test_{service}.py": "test_integration.py",
    "tests/{service}/e2e/test_{service}.py": "test_e2e.py",
    "tests/{service}/mutants.py": "mutants.py",
    "tests/{service}/route_cases.py": "route_cases.py",
}
"""By where it is written; each from the template of that name."""


class NotTidied(CliError):  # noqa: N818 - reads as what happened
    title = "The files are written, but ruff does not like them"


def write(names: Names, root: Path) -> list[Path]:
    """The paths, in the order of FILES. A name's length decides where lines end, and its letters the imports' order."""
    texts = {root / place.format(service=names.service): _filled(source, names) for place, source in FILES.items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _tidy(root, [path for path in texts if path.suffix == ".py"])
    return list(texts)


def _filled(template: str, names: Names) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - Python and Markdown, no page
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
    return environment.get_template(f"{template}.j2").render(names.words)


def _tidy(root: Path, files: Iterable[Path]) -> None:
    for command in (("check", "--select", "I", "--fix", "--quiet"), ("format", "--quiet")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *map(str, files)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotTidied(done.stdout + done.stderr)
