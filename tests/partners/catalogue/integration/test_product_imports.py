"""A catalogue from a file, through the handler that S3's notice starts."""

import json
from typing import Any

import boto3
import pytest

from tests.kit.services import Service
from tests.kit.store import SHOES

ADMIN = "/v1/admin/partners"


@pytest.fixture
def store(partners: Service) -> Service:
    partners.sign("POST", ADMIN, {"partner_id": "store", "name": "The Store"})
    return partners


def announce(store: Service, fmt: str = "jsonl", **fields: Any) -> str:
    made = store.sign("POST", f"{ADMIN}/store/imports", {"format": fmt, **fields})
    assert made.status == 201, made.body
    assert made.body["form"]["fields"]["key"] == f"products/store/{made.body['import_id']}"
    return str(made.body["import_id"])


def arrive(store: Service, import_id: str, data: bytes) -> dict[str, Any]:
    key = f"products/store/{import_id}"
    boto3.client("s3").put_object(Bucket="stadion-imports", Key=key, Body=data)
    notice = {"Records": [{"s3": {"object": {"key": key}}}]}
    record = {
        "messageId": "m", "receiptHandle": "h", "body": json.dumps(notice), "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "md5OfBody": "",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:test", "awsRegion": "us-east-1",
    }  # fmt: skip
    assert store.invoke("on_product_file", {"Records": [record]}) == {"batchItemFailures": []}
    shown: dict[str, Any] = store.sign("GET", f"{ADMIN}/imports/{import_id}").body
    return shown


def lines(count: int, **fields: Any) -> bytes:
    return b"\n".join(json.dumps({**SHOES, "sku": str(n), **fields}).encode() for n in range(count))


def test_a_file_changes_what_it_says_anew(store: Service) -> None:
    done = arrive(store, announce(store), lines(120))
    assert {name: done[name] for name in ("state", "lines", "changed", "refused")} == {
        "state": "done", "lines": 120, "changed": 120, "refused": 0,
    }  # fmt: skip
    assert len(store.published("ProductChanged")) == 120
    again = arrive(store, announce(store), lines(120) + b"\n" + lines(1, price_minor=1))
    assert (again["changed"], again["unchanged"]) == (1, 120)


def test_a_csv_is_read_with_its_quotes_and_wrong_lines_are_told(store: Service) -> None:
    text = (
        "sku,name,brand,deeplink,wear_category,price_minor,currency,is_sold\n"
        'a,"Shoes, ""fast""",Kiprun,https://store.example/a,running_shoes,899000,RUB,yes\n'
        "b,Shoes,,https://store.example/b,,cheap,RUB,\n"
        "c,Shoes,,ftp://store.example/c,,1,RUB,no,too many\n"
    )
    done = arrive(store, announce(store, "csv"), b"\xef\xbb\xbf" + text.encode())
    assert (done["state"], done["changed"], done["refused"]) == ("done", 1, 2)
    assert [(error["line"], error["field"]) for error in done["errors"]] == [(3, "price_minor"), (4, None)]
    [told] = store.published("ProductChanged")
    assert told["detail"]["data"]["name"] == 'Shoes, "fast"'


@pytest.mark.parametrize(
    ("fmt", "data", "problem"),
    [
        ("csv", b"name,price\n1,2\n", "columns_are_missing"),
        ("csv", b'sku,"name', "columns_are_missing"),
        ("csv", b"", "columns_are_missing"),
        ("jsonl", b"\n\n", "file_is_empty"),
        ("jsonl", b"\xff\xfe\x00", "file_is_not_utf8"),
        ("jsonl", b"{}\n" * 50_001, "too_many_lines"),
    ],
)
def test_a_file_that_cannot_be_read_fails_as_a_whole(store: Service, fmt: str, data: bytes, problem: str) -> None:
    done = arrive(store, announce(store, fmt), data)
    assert (done["state"], done["problem"], done["changed"]) == ("failed", problem, 0)


def test_a_line_ends_where_its_newline_is_and_nowhere_else(store: Service) -> None:
    first = json.dumps({**SHOES, "sku": "a", "name": "Shoes\u0085fast"}, ensure_ascii=False).encode()
    done = arrive(store, announce(store), first + b"\r\n" + b"{" * 100_000 + b"\n" + lines(1))
    assert (done["lines"], [error["line"] for error in done["errors"]][-1]) == (3, 2)


def test_a_full_file_ends_what_it_does_not_name(store: Service) -> None:
    arrive(store, announce(store), lines(20))
    wrong = json.dumps({**SHOES, "sku": "11", "price_minor": -1}).encode()
    done = arrive(store, announce(store, full=True), lines(11) + b"\n" + wrong)
    assert (done["no_longer_sold"], done["refused"]) == (8, 1)
    ended = [event["detail"]["data"] for event in store.published("ProductChanged")][20:]
    assert sorted(int(fact["sku"]) for fact in ended) == list(range(12, 20))
    assert not any(fact["is_sold"] for fact in ended)


def test_a_full_file_of_rubbish_ends_nothing(store: Service) -> None:
    arrive(store, announce(store), lines(20))
    done = arrive(store, announce(store, full=True), lines(2) + b"\nrubbish\nrubbish")
    assert (done["problem"], done["no_longer_sold"]) == ("too_many_refused_to_end_the_rest", 0)


def test_a_crash_in_the_middle_goes_on_where_it_was(store: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from partners.catalogue import import_service, import_store

    import_id, whole = announce(store), import_service._take

    def crashing(one: Any, *more: Any) -> Any:
        if one.lines >= 96:
            raise OSError("out of memory")
        return whole(one, *more)

    monkeypatch.setattr(import_service, "_take", crashing)
    with pytest.raises(OSError, match="memory"):
        taken(store, import_id, lines(120))
    assert import_store.find(import_id).lines == 96
    monkeypatch.setattr(import_service, "_take", whole)
    done = taken(store, import_id, lines(120))
    assert (done.changed, done.unchanged) == (120, 0)
    assert len(store.published("ProductChanged")) == 120
    assert taken(store, import_id, lines(120)).revision == done.revision


def taken(store: Service, import_id: str, data: bytes) -> Any:
    from partners.catalogue import import_service
    from stadion import clock

    store.enter()
    return import_service.take_in(import_id, lambda: data, now=clock.now)


def test_when_the_time_is_over_the_notice_comes_again(store: Service) -> None:
    from partners.catalogue import import_service
    from stadion import clock

    import_id = announce(store)
    with pytest.raises(import_service.NotFinishedError):
        import_service.take_in(import_id, lambda: lines(3), now=clock.now, seconds=-1)
    assert taken(store, import_id, lines(3)).changed == 3
