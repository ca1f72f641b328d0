"""The app's templates, to ask questions of."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra_cdk.app import build, synthesize
from infra_cdk.environments import LOCAL, Environment
from infra_cdk.nag import add_nag
from infra_cdk.parts import layers


def empty_layer(requirements: Path, environment: Environment, archive: Path) -> Path:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("python/empty.py", "")
    return archive


class Synthesised:
    def __init__(self, environment: Environment, outdir: Path) -> None:
        self.environment = environment
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(layers, "build", empty_layer)
            patch.setattr(layers, "BUILT", outdir / "layers")
            app, self.missing = build(environment, outdir=str(outdir))
        if environment is not LOCAL:
            add_nag(app)
        self.templates = synthesize(app)

    def of_type(self, kind: str, *, stack: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, template in self.templates.items():
            if stack in (None, name):
                for logical_id, resource in template["Resources"].items():
                    if resource["Type"] == kind:
                        yield f"{name}/{logical_id}", resource["Properties"]

    def text(self) -> str:
        return json.dumps(self.templates)
