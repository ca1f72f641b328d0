"""What holds for all tests: their fixtures, their stages, and where their time goes."""

import gc
import os
from functools import cache

import botocore.session

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")  # what is tested is here; a synth would wait for the internet
os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own rules take seconds to start; one test runs them

import pytest
from hypothesis import HealthCheck, Phase, settings

import infra_cdk  # noqa: F401 - says which Node aws_cdk runs, before anybody imports that
from tests.kit.beside import modules_beside
from tests.kit.environment import stay_here
from tests.kit.size import IS_LARGE, SEED

pytest_plugins = (
    "tests.kit.clock",
    "tests.kit.emulators",
    "tests.kit.moto",
    "tests.kit.people",
    "tests.kit.spread",
    "tests.kit.templates",
    "tests.kit.cpu_time",
    *modules_beside("moto"),
)

UNLIKE_CI = settings.get_profile("default")
"""Where `CI` is set hypothesis begins with a profile of its own, whose examples no seed changes."""
settings.register_profile("stadion", UNLIKE_CI, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("mutant", settings.get_profile("stadion"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("mutant" if os.environ.get("STADION_MUTANT") else "stadion")
"""No test fails by the clock. Of a mutant nobody reads the smallest example: that it is red is all that is asked."""

stay_here()
botocore.session.create_loader = cache(botocore.session.create_loader)
"""Each session would read and parse the descriptions of the services anew: most of the time of a test on moto."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no worker is left alone with it; what is large waits for its proof."""
    large = [item for item in items if item.get_closest_marker("large") is not None and not IS_LARGE]
    if large:
        config.hook.pytest_deselected(items=large)
        items[:] = [item for item in items if item not in large]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What imports brought stays to the end: looking through it for garbage took a quarter of the time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure() -> None:
    gc.unfreeze()  # libraries in C would report as leaked what nobody lets go


def pytest_report_header() -> str:
    return f"size {'large' if IS_LARGE else 'small'}, seed {SEED} (make test SEED={SEED})"
