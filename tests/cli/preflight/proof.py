"""`python -m tests.cli.preflight.proof` writes docs/proof/preflight.md: what a good and a bad account are told."""

import contextlib
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from infra_cdk.environments import PROD, ROOT
from stadion_cli.base import output
from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.before.listed import CHECKS
from stadion_cli.preflight.shown import as_document, show_result, show_summary
from tests.cli.preflight.accounts import ACCOUNT, BAD, GOOD
from tests.cli.preflight.recorded import Answers
from tests.cli.preflight.worlds import assembly_in, looked, world_of
from tests.kit.templates import in_process, kept

FILE: Final = ROOT / "docs" / "proof" / "preflight.md"
WIDTH: Final = 10_000
HEAD: Final = """# Preflight: what it says

Written by `python -m tests.cli.preflight.proof`, and held against the code by `tests/cli/preflight/unit/test_proof.py`
(figures aside, which grow with the templates). The templates are those of prod; what the accounts answer is recorded in
`tests/cli/preflight/accounts.py`, in the shapes of botocore's descriptions of the services. 12 to 25 run end to end
against the local stack (`tests/cli/preflight/alone`), and against bad answers (`tests/cli/preflight/unit`).
"""


def told(answers: Answers, assembly: Assembly, **wishes: str) -> str:
    """As the terminal shows it, without colours."""
    text = io.StringIO()
    console = Console(file=text, width=WIDTH, highlight=False, no_color=True)
    before, output._out = output._out, console  # type: ignore[misc]
    try:
        results = looked(world_of(answers, assembly, account=ACCOUNT, **wishes), CHECKS)
        for result in results:
            show_result(result)
        show_summary(results)
    finally:
        output._out = before  # type: ignore[misc]
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def document(assembly: Assembly) -> str:
    """What a script reads, of one check."""
    world = world_of(BAD, assembly, account=ACCOUNT)
    found = as_document(world, looked(world, [check for check in CHECKS if check.number == 3]))
    for check in found["checks"]:
        check["seconds"] = 0.1
    return json.dumps(found, indent=2, ensure_ascii=False)


def page(assembly: Assembly) -> str:
    good = told(GOOD, assembly)
    bad = told(BAD, assembly, exported_endpoint="http://127.0.0.1:4566")
    parts = [
        f"## A good account, before the first deployment\n```\n{good}\n```\n",
        f"## A bad one\n```\n{bad}\n```\n",
        f"## The bad one for scripts: `--only 3 --json`\n```json\n{document(assembly)}\n```\n",
    ]
    return "\n".join([HEAD, *parts])


def masked(text: str) -> str:
    """Figures grow with the templates."""
    return re.sub(r"\d+", "#", text)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        assembly = assembly_in(Path(folder), kept(PROD, in_process).templates)
        FILE.write_text(page(assembly), encoding="utf-8")


if __name__ == "__main__":
    main()
