"""The partner API keeps the promises of its document, whatever is sent to it; its webhooks are signed like any."""

import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from local.paths import ROOT
from tests.kit.partners import Partner, make
from tests.kit.stack import DeployedStack
from tests.kit.store import SHOES, signed
from tests.platform.e2e.test_schemathesis import EXAMPLES, leads_nowhere, promises

DOCUMENT = json.loads((ROOT / "contracts" / "partner-api.json").read_text(encoding="utf-8"))
API = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = sorted((method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods)
WITHOUT_PROBLEM = {429}
"""The plan's brake, which is API Gateway's own."""


@pytest.fixture(scope="module")
def partner(stack: DeployedStack) -> Partner:
    made = make(stack)
    assert made.send("PUT", "/partner/v1/products/8736421", SHOES).status_code == 200
    return made


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_an_operation_keeps_its_promises(partner: Partner, method: str, path: str, mode: GenerationMode) -> None:
    operation = API[path][method]

    @seed(20261121)
    @settings(
        max_examples=2 * EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def keeps(case: Case, known: bool) -> None:
        if known and case.path_parameters:
            case.path_parameters["sku"] = "8736421"
        answer = case.call(base_url=partner.url, headers={"x-api-key": partner.key, **signature(case, partner)})
        if answer.status_code not in WITHOUT_PROBLEM and not leads_nowhere(answer):
            case.validate_response(answer, checks=promises())

    keeps()


def signature(case: Case, partner: Partner) -> dict[str, str]:
    """Of the bytes that will be sent."""
    if not case.path.endswith("/webhooks"):
        return {}
    sent: Any = case.as_transport_kwargs(base_url=partner.url)
    request = requests.Request(sent.pop("method"), sent.pop("url"), **{k: v for k, v in sent.items() if k != "timeout"})
    body = request.prepare().body or b""
    raw = body.encode() if isinstance(body, str) else body
    try:
        return signed(raw, partner.secret)
    except UnicodeDecodeError:
        return {}
