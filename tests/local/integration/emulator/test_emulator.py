"""What we rely on of the emulator: an upgrade that breaks one of these is seen here, and not in a service's tests."""

import base64
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus

from local.demo.live import Line, dial
from local.emulator import Emulator
from local.paths import StackFolder
from stadion_cli.aws import Aws
from tests.kit.stack import WAIT_S, bare_emulator, code_mailed_to, eventually, mails_to
from tests.local.integration.emulator.workshop import Queue, UserPool, Workshop, zipped

ORIGIN = "https://app.stadion.example"


@pytest.fixture(scope="module")
def workshop(aws: Aws) -> Workshop:
    return Workshop(aws)


@pytest.fixture
def seen(workshop: Workshop) -> Queue:
    """Where functions tell what they saw."""
    return workshop.queue()


@pytest.fixture(scope="module")
def pool(workshop: Workshop) -> UserPool:
    return workshop.user_pool()


@pytest.fixture
def athlete(pool: UserPool, workshop: Workshop) -> str:
    """A confirmed user's address."""
    email = f"{workshop.name('athlete')}@stadion.example"
    pool.sign_up(email)
    pool.confirm(email, code_mailed_to(pool.aws, email))
    return email


def refused(call: Callable[[], Any]) -> str:
    """The error code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def _newest(folder: Path) -> float:
    """When something below was written last."""
    return max((file.stat().st_mtime for file in folder.rglob("*")), default=0.0)


def gathered(queue: Queue, count: int) -> list[Any]:
    found: list[Any] = []

    def enough() -> bool:
        found.extend(queue.take())
        return len(found) >= count

    eventually(enough)
    return found


class TestStreams:
    def test_a_filter_passes_inserts_of_outbox_keys_only(self, workshop: Workshop, seen: Queue) -> None:
        table = workshop.table()
        workshop.subscribe(table, seen)
        workshop.put(table, "USER#1", "PROFILE")
        workshop.put(table, "USER#1", "OUTBOX#1")
        workshop.put(table, "USER#1", "OUTBOX#1", changed="yes")
        workshop.dynamodb.delete_item(TableName=table, Key={"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}})
        workshop.put(table, "USER#1", "OUTBOX#2")

        told: list[tuple[str, str]] = []

        def complete() -> bool:
            told.extend(pair for batch in seen.take() for pair in zip(batch["events"], batch["keys"], strict=True))
            return ("INSERT", "OUTBOX#2") in told

        eventually(complete)
        assert told == [("INSERT", "OUTBOX#1"), ("INSERT", "OUTBOX#2")]

    def test_a_batch_that_raises_comes_again(self, workshop: Workshop, seen: Queue) -> None:
        table = workshop.table()
        workshop.subscribe(table, seen)
        workshop.put(table, "USER#1", "OUTBOX#FAIL")
        batches = gathered(seen, 2)
        assert [batch["keys"] for batch in batches[:2]] == [["OUTBOX#FAIL"], ["OUTBOX#FAIL"]]


class TestQueues:
    def test_only_the_failed_message_comes_again_and_ends_in_the_dead_letters(
        self, workshop: Workshop, seen: Queue
    ) -> None:
        dead = workshop.queue()
        redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
        queue = workshop.queue(VisibilityTimeout="4", RedrivePolicy=redrive)  # longer than a cold start takes
        workshop.aws.functions.create_event_source_mapping(
            FunctionName=workshop.function("on_queue", SEEN=seen.url, timeout=3),
            EventSourceArn=queue.arn,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        queue.send({"n": 1})
        queue.send({"n": 2, "fail": True})
        queue.send({"n": 3})

        assert gathered(dead, 1) == [{"n": 2, "fail": True}]
        tries: list[tuple[int, str]] = []

        def all_tried() -> bool:
            tries.extend((entry["body"]["n"], entry["tries"]) for batch in seen.take() for entry in batch)
            return len(tries) >= 4

        eventually(all_tried)
        assert sorted(tries) == [(1, "1"), (2, "1"), (2, "2"), (3, "1")]

    def test_a_dead_letter_can_be_sent_back_by_hand(self, workshop: Workshop) -> None:
        """`StartMessageMoveTask` is unknown to the emulator, so `stadion dlq redrive` moves messages by itself."""
        sqs, dead, source = workshop.aws.sqs, workshop.queue(), workshop.queue()
        dead.send({"n": 1})
        (letter,) = sqs.receive_message(QueueUrl=dead.url, VisibilityTimeout=30)["Messages"]
        assert "Messages" not in sqs.receive_message(QueueUrl=dead.url)
        source.send(json.loads(letter["Body"]))
        sqs.delete_message(QueueUrl=dead.url, ReceiptHandle=letter["ReceiptHandle"])
        assert source.take() == [{"n": 1}]
        assert dead.take() == []


class TestBus:
    def bus_with_rule(self, workshop: Workshop, queue: Queue) -> str:
        events, bus = workshop.aws.events, workshop.name("bus")
        events.create_event_bus(Name=bus)
        pattern = {"source": ["stadion.workouts"], "detail-type": ["WorkoutRecorded", "WorkoutDeleted"]}
        events.put_rule(Name=f"{bus}-rule", EventBusName=bus, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=f"{bus}-rule", EventBusName=bus, Targets=[{"Id": "queue", "Arn": queue.arn}])
        return bus

    def test_a_rule_sends_matching_events_to_its_queue(self, workshop: Workshop) -> None:
        queue = workshop.queue()
        bus = self.bus_with_rule(workshop, queue)
        workshop.put_event(bus, "WorkoutCorrected", {"data": 1})
        workshop.put_event(bus, "WorkoutRecorded", {"event_id": "e1", "data": {"distance_m": 5000.5}})

        (message,) = gathered(queue, 1)
        assert message["source"] == "stadion.workouts"
        assert message["detail-type"] == "WorkoutRecorded"
        assert message["detail"] == {"event_id": "e1", "data": {"distance_m": 5000.5}}
        assert {"id", "time", "account", "region", "resources", "version"} <= message.keys()

    def test_an_archive_made_by_api_replays(self, workshop: Workshop) -> None:
        queue, events = workshop.queue(), workshop.aws.events
        bus = self.bus_with_rule(workshop, queue)
        bus_arn = events.describe_event_bus(Name=bus)["Arn"]
        workshop.aws.keep_archive(f"{bus}-archive", bus_arn)
        workshop.aws.keep_archive(f"{bus}-archive", bus_arn)
        before = datetime.now(UTC) - timedelta(seconds=5)
        workshop.put_event(bus, "WorkoutRecorded", {"event_id": "e1"})
        gathered(queue, 1)

        archive = events.describe_archive(ArchiveName=f"{bus}-archive")
        events.start_replay(
            ReplayName=f"{bus}-replay",
            EventSourceArn=archive["ArchiveArn"] if "ArchiveArn" in archive else _archive_arn(bus_arn, bus),
            EventStartTime=before,
            EventEndTime=datetime.now(UTC) + timedelta(seconds=5),
            Destination={"Arn": bus_arn},
        )
        (again,) = gathered(queue, 1)
        assert again["detail"] == {"event_id": "e1"}
        assert again["replay-name"] == f"{bus}-replay"


def _archive_arn(bus_arn: str, bus: str) -> str:
    return f"{bus_arn.rpartition(':')[0]}:archive/{bus}-archive"


class TestFiles:
    def test_a_presigned_form_limits_the_size_and_its_upload_is_notified(self, workshop: Workshop) -> None:
        bucket, queue = workshop.name("uploads"), workshop.queue()
        workshop.s3.create_bucket(Bucket=bucket)
        workshop.s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {
                        "QueueArn": queue.arn,
                        "Events": ["s3:ObjectCreated:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "incoming/"}]}},
                    }
                ]
            },
        )
        form = workshop.s3.generate_presigned_post(
            bucket, "incoming/ride.fit", Conditions=[["content-length-range", 1, 100]], ExpiresIn=60
        )

        small = httpx.post(form["url"], data=form["fields"], files={"file": b"x" * 50}, timeout=WAIT_S)
        large = httpx.post(form["url"], data=form["fields"], files={"file": b"x" * 101}, timeout=WAIT_S)

        assert small.status_code in {200, 204}
        assert large.status_code == 400
        assert "EntityTooLarge" in large.text
        told = [message for message in gathered(queue, 1) if "Records" in message]
        (record,) = (told or gathered(queue, 1))[0]["Records"]
        assert record["s3"]["object"]["key"] == "incoming/ride.fit"
        assert record["s3"]["object"]["size"] == 50

    def test_a_form_with_another_key_is_refused(self, workshop: Workshop) -> None:
        bucket = workshop.name("uploads")
        workshop.s3.create_bucket(Bucket=bucket)
        form = workshop.s3.generate_presigned_post(bucket, "incoming/mine.fit", ExpiresIn=60)
        answer = httpx.post(
            form["url"],
            data={**form["fields"], "key": "incoming/other.fit"},
            files={"file": b"x"},
            timeout=WAIT_S,
        )
        assert answer.status_code == 403


class TestHttpApi:
    @pytest.fixture(scope="class")
    @classmethod
    def api(cls, workshop: Workshop, pool: UserPool) -> str:
        """Made by CloudFormation, as ours is: that is where its CORS used to be lost."""
        names = {name: workshop.function(name) for name in ("echo", "fails", "nothing")}
        template = _api_template(pool, names)
        stack = workshop.name("stack")
        workshop.aws.cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
        workshop.aws.cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        (found,) = workshop.aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return f"{workshop.aws.endpoint}/_aws/execute-api/{found['Outputs'][0]['OutputValue']}"

    @pytest.mark.parametrize(
        "token", [None, "garbage", "Bearer garbage", "Bearer a.b.c"], ids=["none", "garbage", "bearer", "three parts"]
    )
    def test_a_request_without_a_token_of_ours_is_401(self, api: str, token: str | None) -> None:
        headers = {"Authorization": token} if token else {}
        assert httpx.get(f"{api}/v1/me", headers=headers, timeout=WAIT_S).status_code == 401

    def test_a_changed_or_unsigned_token_is_401(self, api: str, pool: UserPool, athlete: str) -> None:
        head, payload, signature = pool.sign_in(athlete)["AccessToken"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        later = _encoded({**claims, "exp": claims["exp"] + 9999})
        unsigned = _encoded({"alg": "none", "typ": "JWT"})
        for token in (f"{head}.{later}.{signature}", f"{unsigned}.{payload}.", f"{head}.{payload}."):
            assert (
                httpx.get(f"{api}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).status_code
                == 401
            )

    def test_an_expired_token_is_401(self, api: str, pool: UserPool, athlete: str, workshop: Workshop) -> None:
        short = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}}
        workshop.aws.cognito.update_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id, **short)  # type: ignore[arg-type]
        token = pool.sign_in(athlete)["AccessToken"]
        hour = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "hours"}}
        workshop.aws.cognito.update_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id, **hour)  # type: ignore[arg-type]
        time.sleep(2.1)
        assert (
            httpx.get(f"{api}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).status_code == 401
        )

    def test_the_function_sees_the_claims_as_strings(self, api: str, pool: UserPool, athlete: str) -> None:
        cognito = pool.aws.cognito
        cognito.create_group(UserPoolId=pool.pool_id, GroupName="admin")
        cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username=athlete, GroupName="admin")
        token = pool.sign_in(athlete)["AccessToken"]

        event = httpx.get(f"{api}/v1/me?a=1&a=2", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).json()

        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        assert claims["token_use"] == "access"
        assert claims["client_id"] == pool.client_id
        assert claims["cognito:groups"] == "[admin]"
        assert all(isinstance(value, str) for value in claims.values())
        assert event["version"] == "2.0"
        assert event["routeKey"] == "GET /v1/me"
        assert event["rawPath"] == "/v1/me"
        assert event["queryStringParameters"] == {"a": "1,2"}

    def test_an_unsigned_call_of_an_iam_route_is_403(self, api: str) -> None:
        assert httpx.post(f"{api}/v1/admin/roles", timeout=WAIT_S).status_code == 403

    def test_a_preflight_is_answered_for_the_configured_origin(self, api: str) -> None:
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
        answer = httpx.options(f"{api}/v1/me", headers=asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        foreign = httpx.options(f"{api}/v1/me", headers={**asked, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in foreign.headers

    def test_an_answer_carries_the_cors_headers(self, api: str) -> None:
        answer = httpx.get(f"{api}/open", headers={"Origin": ORIGIN}, timeout=WAIT_S)
        assert answer.headers["access-control-allow-origin"] == ORIGIN

    def test_a_failing_function_answers_500_and_nothing_of_its_inside(self, api: str) -> None:
        answer = httpx.get(f"{api}/fails", timeout=WAIT_S)
        assert answer.status_code == 500
        assert answer.json() == {"message": "Internal Server Error"}

    def test_an_answer_without_a_body_is_one(self, api: str) -> None:
        answer = httpx.delete(f"{api}/nothing", timeout=WAIT_S)
        assert (answer.status_code, answer.content) == (204, b"")

    def test_an_unknown_route_is_404(self, api: str) -> None:
        assert httpx.get(f"{api}/nowhere", timeout=WAIT_S).status_code == 404


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _api_template(pool: UserPool, functions: dict[str, str]) -> dict[str, Any]:
    api = {"Ref": "Api"}
    cors = {"AllowOrigins": [ORIGIN], "AllowMethods": ["GET", "PATCH"], "AllowHeaders": ["authorization"], "MaxAge": 60}
    resources: dict[str, Any] = {
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "api", "ProtocolType": "HTTP", "CorsConfiguration": cors},
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": api, "StageName": "$default", "AutoDeploy": True},
        },
        "Users": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": api,
                "Name": "users",
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Audience": [pool.client_id], "Issuer": pool.issuer},
            },
        },
    }  # fmt: skip
    for name, function in functions.items():
        uri = f"arn:aws:lambda:{pool.aws.region}:000000000000:function:{function}"
        integration = {
            "ApiId": api,
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": uri,
            "PayloadFormatVersion": "2.0",
        }
        resources[name.title()] = {"Type": "AWS::ApiGatewayV2::Integration", "Properties": integration}
    routes: dict[str, tuple[str, str, dict[str, Any]]] = {
        "Me": ("GET /v1/me", "Echo", {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": "Users"}}),
        "Roles": ("POST /v1/admin/roles", "Echo", {"AuthorizationType": "AWS_IAM"}),
        "Open": ("GET /open", "Echo", {}),
        "FailsRoute": ("GET /fails", "Fails", {}),
        "NothingRoute": ("DELETE /nothing", "Nothing", {}),
    }
    for name, (key, integration_id, more) in routes.items():
        target = {"Fn::Sub": f"integrations/${{{integration_id}}}"}
        properties = {"ApiId": api, "RouteKey": key, "Target": target, **more}
        resources[name] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
    return {"Resources": resources, "Outputs": {"Id": {"Value": api}}}


class TestSockets:
    """A WebSocket API as `infra_cdk/parts/socket.py` makes it: no route responses, one authorizer, one integration."""

    @pytest.fixture
    def api(self, workshop: Workshop, seen: Queue) -> str:
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

    def url(self, workshop: Workshop, api: str, token: str) -> str:
        return f"ws{workshop.aws.endpoint.removeprefix('http')}/_aws/execute-api/{api}/live?token={token}"

    def test_who_may_connect_is_known_with_every_message_until_the_line_breaks(
        self, workshop: Workshop, seen: Queue, api: str
    ) -> None:
        line = Line(self.url(workshop, api, "good").partition("?")[0], {"token": "good"})
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
        assert line.socket.recv(timeout=5) == '{"pushed": true}', "and nothing was answered by itself"
        line.break_off()
        [gone] = gathered(seen, 1)
        assert (gone["event"], gone["connection"]) == ("DISCONNECT", connection)
        assert refused(lambda: posting.post_to_connection(ConnectionId=connection, Data=b"x")) == "GoneException"

    def test_what_a_message_did_is_in_the_functions_log(self, workshop: Workshop, seen: Queue, api: str) -> None:
        line = Line(self.url(workshop, api, "good").partition("?")[0], {"token": "good"})
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
    def test_who_may_not_connect_hears_an_http_status(
        self, workshop: Workshop, api: str, token: str, status: int
    ) -> None:
        with pytest.raises(InvalidStatus) as answer:
            dial(self.url(workshop, api, token))
        assert answer.value.response.status_code == status


class TestFunctions:
    def test_an_exception_carries_its_class_name_and_stack(self, workshop: Workshop) -> None:
        answer = workshop.invoke(workshop.function("fails"))
        assert answer["errorType"] == "ShoeWornOutError"
        assert answer["errorMessage"] == "secret detail"
        assert any("functions.py" in line for line in answer["stackTrace"])

    def test_an_exception_does_not_end_the_process(self, workshop: Workshop) -> None:
        function = workshop.function("process")
        before = workshop.invoke(function)
        assert workshop.invoke(function, {"fail": True})["errorType"] == "IndexError"
        assert workshop.invoke(function) == before

    def test_a_timeout_is_told_as_such(self, workshop: Workshop) -> None:
        name = workshop.name("slow")
        code = zipped(slow="import time\ndef handler(e, c):\n    time.sleep(5)")
        workshop.aws.functions.create_function(
            FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/function",
            Handler="slow.handler", Code={"ZipFile": code}, Timeout=1,
        )  # fmt: skip
        assert "Task timed out after 1.00 seconds" in workshop.invoke(name)["errorMessage"]

    def test_its_environment_is_lambdas_and_not_the_hosts(self, workshop: Workshop, emulator: Emulator) -> None:
        seen = workshop.invoke(workshop.function("environment", STADION_TABLE="t"))
        environment = seen["environment"]
        assert environment["STADION_TABLE"] == "t"
        assert environment["AWS_ENDPOINT_URL"] == emulator.url
        assert environment["AWS_REGION"] == "us-east-1"
        assert environment["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3.")
        assert environment["TZ"] == ":UTC"
        strangers = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "GATEWAY_PORT", "PERSIST_STATE", "HOME"}
        assert not strangers & environment.keys()

    def test_it_imports_what_lambda_brings_and_nothing_of_the_host(self, workshop: Workshop) -> None:
        found = workshop.invoke(workshop.function("imports"), {"modules": ["boto3", "moto", "ministack", "pydantic"]})
        assert found == {"boto3": True, "moto": False, "ministack": False, "pydantic": False}

    def test_its_layers_are_importable(self, workshop: Workshop) -> None:
        layer = workshop.layer("shelf", "ANSWER = 42")
        found = workshop.invoke(workshop.function("imports", layers=[layer]), {"modules": ["shelf"]})
        assert found == {"shelf": 42}

    def test_a_module_that_does_not_import_is_told_as_such(self, workshop: Workshop) -> None:
        name = workshop.name("broken")
        workshop.aws.functions.create_function(
            FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/function",
            Handler="broken.handler", Code={"ZipFile": zipped(broken="import nowhere_to_be_found")},
        )  # fmt: skip
        answer = workshop.invoke(name)
        assert answer["errorType"] == "Runtime.ImportModuleError"
        assert "nowhere_to_be_found" in answer["errorMessage"]

    def test_its_log_is_found_by_a_quoted_term_across_time(self, workshop: Workshop) -> None:
        function = workshop.function("say")
        started_ms = int(time.time() * 1000) - 1000
        for said in ("trace 0197-aa begins", "something else", "trace 0197-aa ends"):
            workshop.invoke(function, {"say": said})

        def both() -> list[str]:
            pages = workshop.aws.logs.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/{function}", startTime=started_ms, filterPattern='"0197-aa"'
            )
            found = [json.loads(event["message"])["message"] for page in pages for event in page["events"]]
            return sorted(found) if len(found) >= 2 else []

        assert eventually(both) == ["trace 0197-aa begins", "trace 0197-aa ends"]
        later_ms = int(time.time() * 1000) + 60_000
        nothing = workshop.aws.logs.filter_log_events(
            logGroupName=f"/aws/lambda/{function}", startTime=later_ms, filterPattern='"0197-aa"'
        )
        assert nothing["events"] == []


class TestTables:
    def test_a_failed_transaction_tells_which_condition_and_the_old_item(self, workshop: Workshop) -> None:
        table = workshop.table()
        workshop.put(table, "USER#1", "GEAR#1", nickname="old shoes")
        put = {"TableName": table, "Item": {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}}
        update = {
            "TableName": table,
            "Key": {"pk": {"S": "USER#1"}, "sk": {"S": "GEAR#1"}},
            "UpdateExpression": "SET nickname = :new",
            "ConditionExpression": "nickname = :other",
            "ExpressionAttributeValues": {":new": {"S": "x"}, ":other": {"S": "y"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        with pytest.raises(ClientError) as caught:
            workshop.dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])

        first, second = caught.value.response["CancellationReasons"]
        assert first["Code"] == "None"
        assert second["Code"] == "ConditionalCheckFailed"
        assert dict(second["Item"])["nickname"] == {"S": "old shoes"}
        key = {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}
        assert "Item" not in workshop.dynamodb.get_item(TableName=table, Key=key)

    def test_a_failed_conditional_write_returns_the_old_item(self, workshop: Workshop) -> None:
        table = workshop.table()
        workshop.put(table, "USER#1", "GEAR#1", nickname="old shoes")
        with pytest.raises(ClientError) as caught:
            workshop.dynamodb.put_item(
                TableName=table,
                Item={"pk": {"S": "USER#1"}, "sk": {"S": "GEAR#1"}},
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert caught.value.response["Item"]["nickname"] == {"S": "old shoes"}  # type: ignore[typeddict-item]

    def test_consumed_capacity_is_told(self, workshop: Workshop) -> None:
        table = workshop.table()
        answer = workshop.dynamodb.put_item(
            TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "b"}}, ReturnConsumedCapacity="TOTAL"
        )
        assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0


class TestUsers:
    def test_a_wrong_code_does_not_confirm(self, pool: UserPool, workshop: Workshop) -> None:
        email = f"{workshop.name('new')}@stadion.example"
        pool.sign_up(email)
        code = code_mailed_to(pool.aws, email)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        assert refused(lambda: pool.sign_in(email)) == "UserNotConfirmedException"
        assert refused(lambda: pool.confirm(email, wrong)) == "CodeMismatchException"
        pool.confirm(email, code)
        assert pool.sign_in(email)["AccessToken"]

    def test_a_sixth_guess_is_not_heard(self, pool: UserPool, workshop: Workshop) -> None:
        email = f"{workshop.name('new')}@stadion.example"
        pool.sign_up(email)
        code = code_mailed_to(pool.aws, email)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        assert {refused(lambda: pool.confirm(email, wrong)) for _ in range(5)} == {"CodeMismatchException"}
        assert refused(lambda: pool.confirm(email, code)) == "LimitExceededException"

    def test_a_code_sent_again_replaces_the_first(self, pool: UserPool, workshop: Workshop) -> None:
        email = f"{workshop.name('new')}@stadion.example"
        pool.sign_up(email)
        first = code_mailed_to(pool.aws, email)
        pool.aws.cognito.resend_confirmation_code(ClientId=pool.client_id, Username=email)
        second = code_mailed_to(pool.aws, email)
        if first != second:
            assert refused(lambda: pool.confirm(email, first)) == "CodeMismatchException"
        pool.confirm(email, second)

    def test_a_confirmed_address_is_verified(self, pool: UserPool, athlete: str) -> None:
        user = pool.aws.cognito.get_user(AccessToken=pool.sign_in(athlete)["AccessToken"])
        assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]

    def test_a_forgotten_password_needs_the_mailed_code(self, pool: UserPool, athlete: str) -> None:
        cognito = pool.aws.cognito
        cognito.forgot_password(ClientId=pool.client_id, Username=athlete)
        code = code_mailed_to(pool.aws, athlete)
        wrong = f"{(int(code) + 1) % 10**6:06d}"

        def change(with_code: str) -> None:
            cognito.confirm_forgot_password(
                ClientId=pool.client_id, Username=athlete, ConfirmationCode=with_code, Password="Another-long-1"
            )

        assert refused(lambda: change(wrong)) == "CodeMismatchException"
        change(code)
        assert refused(lambda: pool.sign_in(athlete)) == "NotAuthorizedException"
        assert pool.sign_in(athlete, "Another-long-1")["AccessToken"]
        assert refused(lambda: change(code)) == "ExpiredCodeException"

    def test_nobody_learns_who_has_an_account(self, pool: UserPool, athlete: str) -> None:
        cognito, nobody = pool.aws.cognito, "nobody@stadion.example"
        assert refused(lambda: pool.sign_in(nobody)) == "NotAuthorizedException"
        assert refused(lambda: pool.sign_in(athlete, "Wrong-password-1")) == "NotAuthorizedException"
        assert refused(lambda: pool.confirm(nobody, "123456")) == "CodeMismatchException"
        for call in (cognito.forgot_password, cognito.resend_confirmation_code):
            assert call(ClientId=pool.client_id, Username=nobody)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
        assert mails_to(pool.aws, nobody) == []

    def test_a_flow_that_the_client_does_not_allow_is_refused(self, pool: UserPool, athlete: str) -> None:
        def admin_sign_in() -> None:
            pool.aws.cognito.admin_initiate_auth(
                UserPoolId=pool.pool_id,
                ClientId=pool.client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": athlete, "PASSWORD": pool.password},
            )

        assert refused(admin_sign_in) == "InvalidParameterException"

    def test_a_refresh_token_rotates(self, pool: UserPool, athlete: str) -> None:
        first = pool.sign_in(athlete)["RefreshToken"]
        second = pool.refresh(first)
        assert second["RefreshToken"] != first
        assert second["AccessToken"]
        assert pool.refresh(first)["AccessToken"], "an answer that got lost may be asked for again in the grace period"
        time.sleep(5.1)
        assert refused(lambda: pool.refresh(first)) == "RefreshTokenReuseException"
        assert pool.refresh(second["RefreshToken"])["RefreshToken"]

    @pytest.mark.parametrize("by", ["user", "admin"])
    def test_sign_out_everywhere_ends_every_token(self, pool: UserPool, athlete: str, by: str) -> None:
        phone, watch = pool.sign_in(athlete), pool.sign_in(athlete)
        cognito = pool.aws.cognito
        if by == "user":
            cognito.global_sign_out(AccessToken=phone["AccessToken"])
        else:
            cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username=athlete)
        for tokens in (phone, watch):
            assert refused(lambda t=tokens: pool.refresh(t["RefreshToken"])) == "NotAuthorizedException"  # type: ignore[misc]
            assert refused(lambda t=tokens: cognito.get_user(AccessToken=t["AccessToken"])) == "NotAuthorizedException"  # type: ignore[misc]
        assert pool.refresh(pool.sign_in(athlete)["RefreshToken"])["AccessToken"]

    def test_a_revoked_refresh_token_ends_its_own_session_only(self, pool: UserPool, athlete: str) -> None:
        phone, watch = pool.sign_in(athlete), pool.sign_in(athlete)
        pool.aws.cognito.revoke_token(Token=phone["RefreshToken"], ClientId=pool.client_id)
        assert refused(lambda: pool.refresh(phone["RefreshToken"])) == "NotAuthorizedException"
        assert refused(lambda: pool.aws.cognito.get_user(AccessToken=phone["AccessToken"])) == "NotAuthorizedException"
        assert pool.refresh(watch["RefreshToken"])["AccessToken"]

    def test_a_forged_refresh_token_is_refused(self, pool: UserPool, athlete: str) -> None:
        head, payload, _signature = pool.sign_in(athlete)["RefreshToken"].split(".")
        assert refused(lambda: pool.refresh(f"{head}.{payload}.AAAA")) == "NotAuthorizedException"

    def test_cloudformation_passes_rotation_to_the_client(self, workshop: Workshop, pool: UserPool) -> None:
        stack = workshop.name("stack")
        client = {
            "UserPoolId": pool.pool_id,
            "ClientName": "app",
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30},
        }
        template = {
            "Resources": {"Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": client}},
            "Outputs": {"Id": {"Value": {"Ref": "Client"}}},
        }
        formation = workshop.aws.cloudformation
        formation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
        formation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
        (found,) = formation.describe_stacks(StackName=stack)["Stacks"]
        described = workshop.aws.cognito.describe_user_pool_client(
            UserPoolId=pool.pool_id, ClientId=found["Outputs"][0]["OutputValue"]
        )["UserPoolClient"]
        assert described["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30}


class TestState:
    @dataclass
    class Made:
        workshop: Workshop
        table: str
        bucket: str
        pool: UserPool
        function: str
        seen: Queue
        bus: str

    def fill(self, emulator: Emulator) -> Made:
        workshop = Workshop(Aws.local(port=emulator.port))
        made = self.Made(
            workshop=workshop,
            table=workshop.table(),
            bucket=workshop.name("bucket"),
            pool=workshop.user_pool(),
            function=workshop.function("imports", layers=[workshop.layer("shelf", "ANSWER = 42\n" + "#" * 5000)]),
            seen=workshop.queue(),
            bus=workshop.bus_with_archive("stadion"),
        )
        workshop.subscribe(made.table, made.seen)
        for number in range(3):
            workshop.put(made.table, "USER#1", f"OUTBOX#{number}")
        gathered(made.seen, 1)
        workshop.s3.create_bucket(Bucket=made.bucket)
        workshop.s3.put_object(Bucket=made.bucket, Key="ride.fit", Body=b"fit")
        workshop.queue().send({"n": 1})
        made.pool.sign_up("athlete@stadion.example")
        made.pool.confirm("athlete@stadion.example", code_mailed_to(workshop.aws, "athlete@stadion.example"))
        workshop.put_event(made.bus, "WorkoutRecorded", {"n": 1})
        eventually(lambda: made.seen.take() == [])
        return made

    def check(self, made: Made) -> None:
        workshop = made.workshop
        key = {"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}}
        assert workshop.dynamodb.get_item(TableName=made.table, Key=key)["Item"]
        assert workshop.s3.get_object(Bucket=made.bucket, Key="ride.fit")["Body"].read() == b"fit"
        queues = [Queue(workshop.aws, url) for url in workshop.aws.sqs.list_queues()["QueueUrls"]]
        assert [{"n": 1}] in [queue.take() for queue in queues if queue.url != made.seen.url]
        assert made.pool.refresh(made.pool.sign_in("athlete@stadion.example")["RefreshToken"])["AccessToken"]
        assert workshop.invoke(made.function, {"modules": ["shelf"]}) == {"shelf": 42}
        made.seen.take()
        workshop.put(made.table, "USER#1", "OUTBOX#after")
        assert "OUTBOX#after" in gathered(made.seen, 1)[0]["keys"], "the stream's reader still reads"
        archive = workshop.aws.events.describe_archive(ArchiveName="stadion")
        assert archive["EventCount"] == 1

    def test_it_survives_a_restart(self, tmp_path: Path) -> None:
        with bare_emulator(tmp_path) as emulator:
            made = self.fill(emulator)
            emulator.stop()
            emulator.start()
            self.check(made)

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="snapshots need a safe fork")
    def test_it_survives_a_kill_but_for_the_last_seconds(self, tmp_path: Path) -> None:
        with bare_emulator(tmp_path, snapshot_every_s=0.5) as emulator:
            made = self.fill(emulator)
            filled = time.time() + 0.5
            eventually(lambda: _newest(emulator.folder.state) > filled)
            time.sleep(3)
            running = emulator.running()
            assert running
            os.killpg(running.pid, signal.SIGKILL)
            eventually(lambda: not emulator.running())
            emulator.start()
            self.check(made)

    def test_reset_forgets(self, tmp_path: Path) -> None:
        with bare_emulator(tmp_path / "state") as emulator:
            self.fill(emulator)
            emulator.reset()
            assert not StackFolder(tmp_path / "state").path.exists()
            emulator.start()
            assert Aws.local(port=emulator.port).function_names() == []


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

    def ask(self, value: str | None, content: bytes = b"{}") -> httpx.Response:
        headers = {"content-type": "application/json", **({"x-api-key": value} if value else {})}
        return httpx.post(self.url, content=content, headers=headers, timeout=WAIT_S)


@pytest.fixture(scope="module")
def keyed(workshop: Workshop) -> KeyedApi:
    client: Any = workshop.aws.client("apigateway")
    api_id = client.create_rest_api(name="partners", binaryMediaTypes=["*/*"])["id"]
    [root] = client.get_resources(restApiId=api_id)["items"]
    where = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "POST"}
    client.put_method(**where, authorizationType="NONE", apiKeyRequired=True)
    function = f"arn:aws:lambda:us-east-1:000000000000:function:{workshop.function('echo_rest')}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    client.create_deployment(restApiId=api_id, stageName="live")
    plan_id = client.create_usage_plan(
        name="plan",
        throttle={"rateLimit": 5, "burstLimit": 5},
        quota={"limit": 8, "period": "DAY"},
        apiStages=[{"apiId": api_id, "stage": "live"}],
    )["id"]
    return KeyedApi(client, f"{workshop.aws.endpoint}/_aws/execute-api/{api_id}/live/", plan_id)


class TestRestApi:
    def test_only_a_key_of_the_plan_opens(self, keyed: KeyedApi) -> None:
        key_id, value = keyed.key("opens")
        assert [keyed.ask(sent).status_code for sent in (None, "nonsense" * 4, value)] == [403, 403, 200]
        keyed.client.delete_usage_plan_key(usagePlanId=keyed.plan_id, keyId=key_id)
        assert keyed.ask(value).status_code == 403

    def test_a_removed_key_opens_nothing(self, keyed: KeyedApi) -> None:
        key_id, value = keyed.key("removed")
        keyed.client.delete_api_key(apiKey=key_id)
        assert keyed.ask(value).status_code == 403

    def test_a_body_arrives_byte_for_byte(self, keyed: KeyedApi) -> None:
        _, value = keyed.key("bytes")
        sent = b'\xff\xfe {"a" :1}\r\n'
        told = keyed.ask(value, sent).json()
        assert (told["base64"], base64.b64decode(told["body"])) == (True, sent)

    def test_a_burst_and_a_quota_are_counted_for_each_key(self, keyed: KeyedApi) -> None:
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
