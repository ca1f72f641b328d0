"""A function's asset has what the function reads, and nothing that other folders would change."""

from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.aws_lambda import Function

from infra_cdk.environments import LOCAL
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.function import service_code


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The files of a function's asset, by its service."""
    places = {"notifications": "api", "promos": "api", "platform": "api"}
    found = {}
    for service, place in places.items():
        app = App(outdir=str(tmp_path_factory.mktemp(service)))
        point = EntryPoint.of(service, place)
        code = service_code(point, LOCAL)
        Function(Stack(app, "s"), "f", runtime=LOCAL.runtime, handler=point.handler, code=code)
        (asset,) = [path for path in Path(app.synth().directory).glob("asset.*") if path.is_dir()]
        found[service] = sorted(path.relative_to(asset).as_posix() for path in asset.rglob("*") if path.is_file())
    return found


def test_the_words_of_messages_go_with_the_service_that_says_them(assets: dict[str, list[str]]) -> None:
    assert "notifications/messages.json" in assets["notifications"]


def test_another_word_deploys_no_function_but_those_that_say_it(assets: dict[str, list[str]]) -> None:
    assert {service: [name for name in names if name.endswith(".toml")] for service, names in assets.items()} == {
        service: [] for service in assets
    }


def test_a_module_of_that_name_is_there(assets: dict[str, list[str]]) -> None:
    assert "promos/offers/message_service.py" in assets["promos"]
    assert {"platform_/docs.html", "platform_/openapi.json"} <= set(assets["platform"])


def test_an_asset_holds_its_service_alone(assets: dict[str, list[str]]) -> None:
    packages = {service: {name.partition("/")[0] for name in names} for service, names in assets.items()}

    assert packages == {"notifications": {"notifications"}, "promos": {"promos"}, "platform": {"platform_"}}
