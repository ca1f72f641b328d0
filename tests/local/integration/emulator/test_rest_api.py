"""The REST API: keys, plans and bodies, as partners use them."""

import base64
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.kit.stack import WAIT_S
from tests.local.integration.emulator.workshop import Workshop


@dataclass(frozen=True)
class KeyedApi:
    """A REST API with one method, which wants a key of one plan."""

    client: Any
    url: str
    plan_id: str

    def key(self, name: str) -> tuple[str, str]:
        """Id and value of a key of the plan."""
        value = f"{name}-{os.urandom(24).hex()}"
        key_id = self.client.create_api_key(name=name, enabled=True, value=value)["id"]
        self.client.create_usage_plan_key(usagePlanId=self.plan_id, keyId=key_id, keyType="API_KEY")
        return key_id, value

    def ask(self, value: str | None, content: bytes = b"{}", path: str = "") -> httpx.Response:
        headers = {"content-type": "application/json", **({"x-api-key": value} if value else {})}
        return httpx.post(self.url + path, content=content, headers=headers, timeout=WAIT_S)


@pytest.fixture(scope="module")
def keyed(workshop: Workshop) -> KeyedApi:
    client: Any = workshop.aws.client("apigateway")
    api_id = client.create_rest_api(name="partners", binaryMediaTypes=["*/*"])["id"]
    [root] = client.get_resources(restApiId=api_id)["items"]
    anything = client.create_resource(restApiId=api_id, parentId=root["id"], pathPart="{proxy+}")
    function = f"arn:aws:lambda:us-east-1:000000000000:function:{workshop.function('echo_rest')}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    for resource in (root, anything):
        where = {"restApiId": api_id, "resourceId": resource["id"], "httpMethod": "POST"}
        client.put_method(**where, authorizationType="NONE", apiKeyRequired=True)
        client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    client.create_deployment(restApiId=api_id, stageName="live")
    plan_id = client.create_usage_plan(
        name="plan",
        throttle={"rateLimit": 5, "burstLimit": 5},
        quota={"limit": 8, "period": "DAY"},
        apiStages=[{"apiId": api_id, "stage": "live"}],
    )["id"]
    return KeyedApi(client, f"{workshop.aws.endpoint}/_aws/execute-api/{api_id}/live/", plan_id)


def test_only_a_key_of_the_plan_opens(keyed: KeyedApi) -> None:
    key_id, value = keyed.key("opens")

    assert [keyed.ask(sent).status_code for sent in (None, "nonsense" * 4, value)] == [403, 403, 200]

    keyed.client.delete_usage_plan_key(usagePlanId=keyed.plan_id, keyId=key_id)

    assert keyed.ask(value).status_code == 403


def test_a_removed_key_opens_nothing(keyed: KeyedApi) -> None:
    key_id, value = keyed.key("removed")

    keyed.client.delete_api_key(apiKey=key_id)

    assert keyed.ask(value).status_code == 403


def test_the_function_is_told_the_path_as_it_was_sent(keyed: KeyedApi) -> None:
    """An HTTP API decodes it."""
    _, value = keyed.key("path")

    told = keyed.ask(value, path="codes/RUN%207F3K%2525+1").json()

    assert told["path"] == "/codes/RUN%207F3K%2525+1"


def test_the_function_is_told_whose_key_was_checked(keyed: KeyedApi) -> None:
    key_id, value = keyed.key("told")

    identity = keyed.ask(value).json()["identity"]

    assert (identity["apiKeyId"], identity["apiKey"]) == (key_id, value)


def test_a_body_arrives_byte_for_byte(keyed: KeyedApi) -> None:
    _, value = keyed.key("bytes")
    sent = b'\xff\xfe {"a" :1}\r\n'

    told = keyed.ask(value, sent).json()

    assert (told["base64"], base64.b64decode(told["body"])) == (True, sent)


def test_a_burst_and_a_quota_are_counted_for_each_key(keyed: KeyedApi) -> None:
    _, one = keyed.key("one")
    _, two = keyed.key("two")

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: keyed.ask(one).status_code, range(12)))

    assert 429 in statuses
    assert keyed.ask(two).status_code == 200

    for _ in range(12):
        time.sleep(0.25)
        last = keyed.ask(one)

    assert (last.status_code, last.json()["message"]) == (429, "Limit Exceeded")
