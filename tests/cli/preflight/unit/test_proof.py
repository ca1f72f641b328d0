"""docs/proof/preflight.md is what preflight says today."""

from pathlib import Path

from tests.cli.preflight.proof import FILE, masked, page
from tests.cli.preflight.worlds import assembly_in
from tests.kit.templates import Synthesised


def test_the_stored_words_are_those_of_today(prod: Synthesised, tmp_path: Path) -> None:
    today = page(assembly_in(tmp_path, prod.templates))
    assert masked(FILE.read_text(encoding="utf-8")) == masked(today), "python -m tests.cli.preflight.proof"
