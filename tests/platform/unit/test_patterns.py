"""What a pattern lets in is what the code behind it reads: `\\d` is also ٣, which `time.fromisoformat` refuses."""

import ast
from collections.abc import Iterator

from local.paths import ROOT
from local.structure import sources


def patterns() -> Iterator[tuple[str, str]]:
    """Whole ones, as requests are checked by."""
    for folder in ("functions", "layers"):
        for file in sources(ROOT / folder):
            for node in ast.walk(ast.parse(file.read_bytes(), filename=str(file))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and text.startswith("^") and text.endswith("$"):
                    yield str(file.relative_to(ROOT)), text


def test_a_digit_in_a_request_is_one_of_ten() -> None:
    found = list(patterns())
    assert len(found) > 20, "the search finds nothing"
    assert [(file, text) for file, text in found if r"\d" in text] == []
