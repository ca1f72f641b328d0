"""The safeguards of app that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "of two admins who change the configuration the last one wins",
        "app.store:replace",
        "change.replace(CONFIG.seen(old), new, refused=StaleVersionError)",
        "change.put(CONFIG, new, new=False)",
        ("tests/app/integration",),
    ),
    Mutant(
        "an app that does not say its version gets what is for newer ones",
        "app.domain:Feature.is_on_for",
        "(version is not None and Version(version) >= Version(self.from_version))",
        "(version is None or Version(version) >= Version(self.from_version))",
        ("tests/app/unit",),
    ),
)
