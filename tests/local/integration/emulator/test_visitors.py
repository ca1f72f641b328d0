"""The emulator answers programs and pages of ours: a page in the browser makes no function, and runs none."""

import io
import json
import socket
import stat
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import pytest
from botocore.config import Config

from local.patches.visitors import refusal
from tests.kit.stack import WAIT_S
from tests.local.integration.emulator.workshop import ROLE, Workshop

APP = "http://localhost:3000"
EVIL = "https://evil.example"
ORIGINS = ["https://evil.example", "null", "http://localhost:9999", "http://127.0.0.1", "https://localhost:3000", ""]


@pytest.fixture(scope="module")
def url(workshop: Workshop) -> str:
    return str(workshop.aws.endpoint)


@pytest.fixture(scope="module")
def api(workshop: Workshop) -> str:
    """With CORS for the app, as ours has it."""
    client: Any = workshop.aws.client("apigatewayv2")
    function = f"arn:aws:lambda:us-east-1:000000000000:function:{workshop.function('echo')}"
    made = client.create_api(
        Name="visited", ProtocolType="HTTP", Target=function, CorsConfiguration={"AllowOrigins": [APP]}
    )
    return f"{workshop.aws.endpoint}/_aws/execute-api/{made['ApiId']}/$default"


@pytest.fixture(scope="module")
def bucket(workshop: Workshop) -> str:
    client: Any = workshop.aws.client("s3")
    name = f"visited-{uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    rule = {"AllowedMethods": ["GET", "PUT", "POST"], "AllowedOrigins": [APP], "AllowedHeaders": ["*"]}
    client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    client.put_object(Bucket=name, Key="kept", Body=b"kept")
    return name


def test_a_page_that_the_api_leads_to_an_object_reads_it_and_no_other_bucket(
    workshop: Workshop, bucket: str, url: str
) -> None:
    """A browser says `Origin: null` after a redirect to another origin."""
    client: Any = workshop.aws.session.client("s3", endpoint_url=url, config=Config(signature_version="s3v4"))
    led = f"led-{uuid4().hex[:8]}"
    client.create_bucket(Bucket=led)
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
    client.put_bucket_cors(Bucket=led, CORSConfiguration={"CORSRules": [rule]})
    client.put_object(Bucket=led, Key="kept", Body=b"answer")

    def read(name: str, origin: str) -> httpx.Response:
        signed = client.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "kept"})
        return httpx.get(signed, headers={"origin": origin}, timeout=WAIT_S)

    answer = read(led, "null")
    assert (answer.content, answer.headers["access-control-allow-origin"] in {"*", "null"}) == (b"answer", True)
    assert read(led, EVIL).status_code == 403
    assert read(bucket, "null").status_code == 403
    assert httpx.get(f"{url}/{led}/kept", headers={"origin": "null"}, timeout=WAIT_S).status_code == 403


def code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.py", "def handler(event, context): return 1")
    return packed.getvalue()


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_page_makes_no_function_and_runs_none(workshop: Workshop, url: str, origin: str) -> None:
    import base64

    name = f"evil-{uuid4().hex[:8]}"
    body = {
        "FunctionName": name, "Runtime": "python3.12", "Role": ROLE, "Handler": "evil.handler",
        "Code": {"ZipFile": base64.b64encode(code()).decode()},
    }  # fmt: skip
    headers = {"content-type": "text/plain", "origin": origin}
    sent = json.dumps(body)
    assert httpx.post(f"{url}/2015-03-31/functions", content=sent, headers=headers, timeout=WAIT_S).status_code == 403
    known = workshop.function("echo")
    invoke = f"{url}/2015-03-31/functions/{known}/invocations"
    assert httpx.post(invoke, content="{}", headers=headers, timeout=WAIT_S).status_code == 403
    client: Any = workshop.aws.client("lambda")
    assert name not in {one["FunctionName"] for page in client.get_paginator("list_functions").paginate()
                        for one in page["Functions"]}  # fmt: skip


@pytest.mark.parametrize("path", ["/_ministack/ses/messages", "/_ministack/reset", "/_stadion/backlog", "/", "/queue"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
def test_a_page_reads_no_mail_and_resets_nothing(url: str, method: str, path: str) -> None:
    answer = httpx.request(method, url + path, headers={"origin": EVIL}, timeout=WAIT_S)
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)


@pytest.mark.parametrize("mode", ["no-cors", "navigate"])
def test_an_image_or_a_link_of_a_page_asks_nothing_of_aws(url: str, mode: str) -> None:
    """They bear no Origin: `GET /?Action=…` would do what it says."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": mode}
    answer = httpx.get(f"{url}/?Action=DeleteTopic&TopicArn=x", headers=headers, timeout=WAIT_S)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/?Action=CreateTopic&Name=evil",
        "/{bucket}/kept?Action=CreateTopic&Name=evil",
        "/{bucket}/kept?%41ction=CreateTopic&Name=evil",
        "/{bucket}?list-type=2",
        "/_ministack/ses/messages?x",
        "/_stadion/backlog?x",
        "/2015-03-31/functions?x",
    ],
)
def test_a_signature_in_the_address_opens_nothing_but_an_object(url: str, bucket: str, path: str) -> None:
    """A link, a form or a frame of a page may bear the name of that parameter, and nobody else asks for its value."""
    address = f"{url}{path.format(bucket=bucket)}&X-Amz-Signature=x"
    clicked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    for headers in (clicked, {"user-agent": "Mozilla/5.0"}, {"origin": APP}):
        assert httpx.get(address, headers=headers, timeout=WAIT_S).status_code == 403


@pytest.mark.parametrize("host", ["localhost.localstack.cloud", "x.localhost.localstack.cloud", "127.0.0.1"])
def test_a_browser_that_does_not_say_for_whom_it_asks_asks_nothing_of_aws(url: str, host: str) -> None:
    """None says it to a name that it does not take for this machine, and old ones say it nowhere."""
    browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    headers = {"host": f"{host}:{url.rpartition(':')[2]}", "user-agent": browser}
    for path in ("/?Action=CreateTopic&Name=evil", "/_ministack/ses/messages"):
        assert httpx.get(url + path, headers=headers, timeout=WAIT_S).status_code == 403


def test_a_browser_that_does_not_say_for_whom_it_asks_reads_the_api_and_what_is_signed(
    workshop: Workshop, bucket: str, url: str, api: str
) -> None:
    headers = {"user-agent": "Mozilla/5.0 (Macintosh) Version/15.6 Safari/605.1.15"}
    client: Any = workshop.aws.session.client("s3", endpoint_url=url, config=Config(signature_version="s3v4"))
    signed = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "kept"})
    assert httpx.get(f"{api}/docs", headers=headers, timeout=WAIT_S).status_code != 403
    assert httpx.get(signed, headers=headers, timeout=WAIT_S).content == b"kept"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4566",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "169.254.169.254",
        "[::2]",
        "",
    ],
)
def test_a_name_that_was_made_to_lead_here_is_refused(url: str, host: str) -> None:
    for path in ("/_ministack/ses/messages", "/2015-03-31/functions", "/_aws/execute-api/x/$default/v1/me"):
        assert httpx.get(url + path, headers={"host": host}, timeout=WAIT_S).status_code in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost.localstack.cloud", "b.s3.localhost", "[::1]"])
def test_names_of_this_machine_are_answered(url: str, host: str) -> None:
    port = url.rpartition(":")[2]
    answer = httpx.get(f"{url}/_ministack/health", headers={"host": f"{host}:{port}"}, timeout=WAIT_S)
    assert answer.status_code == 200


def test_the_app_calls_the_api_and_others_do_not(api: str) -> None:
    own = api.partition("/_aws")[0]
    for origin in (APP, own):
        assert httpx.get(f"{api}/v1/me", headers={"origin": origin}, timeout=WAIT_S).status_code != 403
    asked = {"origin": APP, "access-control-request-method": "PUT"}
    assert httpx.options(f"{api}/v1/me", headers=asked, timeout=WAIT_S).status_code in {200, 204}
    for origin in ORIGINS:
        assert httpx.post(f"{api}/v1/me", headers={"origin": origin}, timeout=WAIT_S).status_code == 403


def test_people_click_to_the_api_and_type_what_they_want(api: str, url: str) -> None:
    click = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert httpx.get(f"{api}/docs", headers=click, timeout=WAIT_S).status_code != 403
    assert httpx.post(f"{api}/docs", headers=click, timeout=WAIT_S).status_code == 403
    typed = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
    assert httpx.get(f"{url}/_ministack/ses/messages", headers=typed, timeout=WAIT_S).status_code == 200


def test_the_app_reaches_an_object_by_a_presigned_request_only(workshop: Workshop, bucket: str, url: str) -> None:
    client: Any = workshop.aws.session.client("s3", endpoint_url=url, config=Config(signature_version="s3v4"))
    signed = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "kept"})
    form = client.generate_presigned_post(bucket, "put")
    app, evil = {"origin": APP}, {"origin": EVIL}
    assert httpx.get(signed, headers=app, timeout=WAIT_S).content == b"kept"
    assert httpx.get(signed, headers=evil, timeout=WAIT_S).status_code == 403
    assert httpx.get(f"{url}/{bucket}/kept", headers=app, timeout=WAIT_S).status_code == 403
    assert httpx.put(f"{url}/{bucket}/other", headers=app, content=b"x", timeout=WAIT_S).status_code == 403
    assert httpx.delete(f"{url}/{bucket}", headers=app, timeout=WAIT_S).status_code == 403
    for headers, status in ((app, {200, 204}), (evil, {403})):
        sent = httpx.post(form["url"], data=form["fields"], files={"file": b"x"}, headers=headers, timeout=WAIT_S)
        assert sent.status_code in status
    asked = {**app, "access-control-request-method": "PUT"}
    assert httpx.options(f"{url}/{bucket}/put", headers=asked, timeout=WAIT_S).status_code == 200


def test_programs_are_answered_as_before(workshop: Workshop) -> None:
    assert workshop.aws.client("lambda").list_functions()["Functions"]


def test_a_socket_of_another_page_is_not_opened(api: str) -> None:
    def opens(*more: tuple[bytes, bytes]) -> bool:
        path = api.partition("127.0.0.1")[2].partition("/")[2]
        headers = [(b"host", b"127.0.0.1:4566"), *more]
        return refusal({"type": "websocket", "path": f"/{path}", "headers": headers, "query_string": b""}) is None

    assert opens()
    assert not opens((b"origin", EVIL.encode()))


def test_a_request_without_a_host_is_refused(url: str) -> None:
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=WAIT_S) as sent:
        sent.sendall(b"GET /_ministack/ses/messages HTTP/1.0\r\n\r\n")
        assert sent.recv(64).startswith((b"HTTP/1.1 403", b"HTTP/1.0 403", b"HTTP/1.1 400", b"HTTP/1.0 400"))


def test_what_it_keeps_is_the_developers_alone(workshop: Workshop, emulator: Any) -> None:
    workshop.aws.cognito.create_user_pool(PoolName="private")
    keys = list(emulator.folder.path.rglob("*.pem"))
    assert keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    assert stat.S_IMODE(emulator.folder.path.stat().st_mode) == 0o700
