"""What a README names is there."""

import re

from local.paths import ROOT

PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|md|json|toml))`")


def test_a_file_that_a_readme_names_lies_there() -> None:
    """From the README's own folder, a package's, or the root."""
    readmes = [path for folder in ("functions", "local") for path in (ROOT / folder).rglob("README.md")]
    named = [(readme, name) for readme in readmes for name in PATH.findall(readme.read_text(encoding="utf-8"))]
    roots = [ROOT, ROOT / "functions", ROOT / "layers" / "shared" / "python", ROOT / "cli"]

    lost = [
        f"{readme.relative_to(ROOT)}: {name}"
        for readme, name in named
        if not any((root / name).exists() for root in (readme.parent, *roots))
    ]

    assert len(named) > 10
    assert lost == []
