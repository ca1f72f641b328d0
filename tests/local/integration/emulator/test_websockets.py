"""A WebSocket API as `infra_cdk/parts/socket.py` makes it: no route responses, one authorizer, one integration."""

import pytest
from websockets.exceptions import InvalidStatus

from local.demo.live import Line, dial
from tests.kit.stack import PATIENCE_S, eventually
from tests.local.integration.emulator.workshop import Queue, Workshop, gathered, refused


@pytest.fixture
def api(workshop: Workshop, seen: Queue) -> str:
    apis, region = workshop.apis, "us-east-1"

    def invocation_of(handler: str, **variables: str) -> str:
        arn = f"arn:aws:lambda:{region}:000000000000:function:{workshop.function(handler, **variables)}"
        return f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"

    api: str = apis.create_api(
        Name=workshop.name("live"), ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    authorizer = apis.create_authorizer(
        ApiId=api,
        Name="connect",
        AuthorizerType="REQUEST",
        AuthorizerUri=invocation_of("may_connect"),
        IdentitySource=["route.request.header.Host"],
    )["AuthorizerId"]
    integration = apis.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=invocation_of("on_socket", SEEN=seen.url)
    )["IntegrationId"]
    guard = {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizer}
    for key in ("$connect", "$disconnect", "$default"):
        more = guard if key == "$connect" else {}
        apis.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}", **more)
    apis.create_stage(ApiId=api, StageName="live", AutoDeploy=True)
    return api


def url(workshop: Workshop, api: str, token: str) -> str:
    return f"ws{workshop.aws.endpoint.removeprefix('http')}/_aws/execute-api/{api}/live?token={token}"


def test_who_may_connect_is_known_with_every_message_until_the_line_breaks(
    workshop: Workshop, seen: Queue, api: str
) -> None:
    line = Line(url(workshop, api, "good").partition("?")[0], {"token": "good"})

    line.socket.send('{"action": "anything"}')
    line.socket.send("no JSON at all")
    told = gathered(seen, 3)

    assert {one["user"] for one in told} == {"anna"}
    assert [one["body"] for one in told if one["event"] == "MESSAGE"] == [
        '{"action": "anything"}',
        "no JSON at all",
    ]
    connection = told[0]["connection"]

    endpoint = f"{workshop.aws.endpoint}/_aws/execute-api/{api}/live"
    posting = workshop.aws.session.client("apigatewaymanagementapi", endpoint_url=endpoint)
    posting.post_to_connection(ConnectionId=connection, Data=b'{"pushed": true}')
    assert line.socket.recv(timeout=PATIENCE_S) == '{"pushed": true}', "and nothing was answered by itself"

    line.break_off()
    [gone] = gathered(seen, 1)
    assert (gone["event"], gone["connection"]) == ("DISCONNECT", connection)
    assert refused(lambda: posting.post_to_connection(ConnectionId=connection, Data=b"x")) == "GoneException"


def test_what_a_message_did_is_in_the_functions_log(workshop: Workshop, seen: Queue, api: str) -> None:
    line = Line(url(workshop, api, "good").partition("?")[0], {"token": "good"})

    line.socket.send("{}")
    gathered(seen, 2)
    [integration] = workshop.apis.get_integrations(ApiId=api)["Items"]
    function = integration["IntegrationUri"].split(":")[-1].removesuffix("/invocations")

    def reports() -> list[str]:
        found = workshop.aws.logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        told = [event["message"] for event in found if event["message"].startswith("REPORT")]
        return told if len(told) == 2 else []

    assert eventually(reports), "of the connection, and of its message"


@pytest.mark.parametrize(("token", "status"), [("bad", 403), ("", 403), ("unknown", 500)])
def test_who_may_not_connect_hears_an_http_status(workshop: Workshop, api: str, token: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as answer:
        dial(url(workshop, api, token))

    assert answer.value.response.status_code == status
