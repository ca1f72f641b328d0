"""A catalogue from a file, through the handler that S3's notice starts."""

import json
import re
from typing import Any

import boto3
import pytest

from tests.kit.counting import counted
from tests.kit.services import Service
from tests.kit.store import SHOES

ADMIN = "/v1/admin/partners"


@pytest.fixture
def store(partners: Service) -> Service:
    partners.sign("POST", ADMIN, {"partner_id": "store", "name": "The Store", "hosts": ["store.example"]})
    return partners


def announce(store: Service, fmt: str = "jsonl", **fields: Any) -> str:
    made = store.sign("POST", f"{ADMIN}/store/imports", {"format": fmt, **fields})
    assert made.status == 201, made.body
    assert made.body["form"]["fields"]["key"] == f"products/store/{made.body['import_id']}"
    return str(made.body["import_id"])


def arrive(store: Service, import_id: str, data: bytes) -> dict[str, Any]:
    key = f"products/store/{import_id}"
    boto3.client("s3").put_object(Bucket="stadion-imports", Key=key, Body=data)
    hear(store, json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))
    shown: dict[str, Any] = store.sign("GET", f"{ADMIN}/imports/{import_id}").body
    return shown


def hear(store: Service, notice: str) -> None:
    record = {
        "messageId": "m", "receiptHandle": "h", "body": notice, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "md5OfBody": "",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:test", "awsRegion": "us-east-1",
    }  # fmt: skip
    assert store.invoke("on_product_file", {"Records": [record]}) == {"batchItemFailures": []}


def lines(count: int, **fields: Any) -> bytes:
    return b"\n".join(json.dumps({**SHOES, "sku": str(n), **fields}).encode() for n in range(count))


def test_a_file_changes_what_it_says_anew(store: Service) -> None:
    done = arrive(store, announce(store), lines(120))
    assert {name: done[name] for name in ("state", "lines", "changed", "refused")} == {
        "state": "done", "lines": 120, "changed": 120, "refused": 0,
    }  # fmt: skip
    assert len(store.published("ProductChanged")) == 120
    again = arrive(store, announce(store), b"\n".join([*lines(120).splitlines()[1:], lines(1, price_minor=1)]))
    assert (again["changed"], again["unchanged"]) == (1, 119)


def test_a_csv_is_read_with_its_quotes_and_wrong_lines_are_told(store: Service) -> None:
    text = (
        "sku,name,brand,deeplink,wear_category,price_minor,currency,is_sold\n"
        'a,"Shoes, ""fast""",Kiprun,https://store.example/a,running_shoes,899000,RUB,yes\n'
        "b,Shoes,,https://store.example/b,,cheap,RUB,\n"
        "c,Shoes,,ftp://store.example/c,,1,RUB,no,too many\n"
    )
    done = arrive(store, announce(store, "csv"), b"\xef\xbb\xbf" + text.encode())
    assert (done["state"], done["changed"], done["refused"]) == ("done_with_errors", 1, 2)
    assert [(error["line"], error["field"]) for error in done["errors"]] == [(3, "price_minor"), (4, None)]
    [told] = store.published("ProductChanged")
    assert told["detail"]["data"]["name"] == 'Shoes, "fast"'


HEADER = b"sku,name,brand,deeplink,wear_category,price_minor,currency,is_sold\n"


@pytest.mark.parametrize(
    ("fmt", "data", "problem", "says"),
    [
        ("csv", b"name,price\n1,2\n", "columns_are_missing", "currency, deeplink, price_minor, sku"),
        ("csv", b'sku,"name', "columns_are_missing", "header"),
        ("csv", b"", "file_is_empty", "nothing"),
        ("csv", b"\xef\xbb\xbf\r\n", "file_is_empty", "nothing"),
        ("csv", HEADER, "file_has_a_header_only", "header"),
        ("csv", HEADER.replace(b"brand", b"price_minor"), "column_stands_twice", "price_minor"),
        ("csv", HEADER.replace(b"brand", b"colour"), "column_is_unknown", "colour"),
        ("csv", HEADER.replace(b"brand", b""), "column_is_unknown", "without a name"),
        ("csv", HEADER.replace(b",", b";"), "separator_is_no_comma", "semicolons"),
        ("csv", HEADER.replace(b",", b"\t"), "separator_is_no_comma", "tabs"),
        ("csv", b"sep=;\n" + HEADER.replace(b",", b";"), "separator_is_no_comma", "semicolons"),
        ("csv", b"sep=,\r\n" + HEADER, "separator_line_is_first", "Remove it"),
        ("csv", HEADER.upper() + b"a", "columns_are_missing", "small letters: sku,name"),
        ("csv", HEADER.decode().encode("utf-16"), "file_is_utf16", "UTF-8"),
        ("csv", HEADER + "a,Кроссовки".encode("cp1251"), "file_is_not_utf8", "UTF-8"),
        ("csv", HEADER + b"a,Shoes\x00", "file_has_zero_bytes", "zero byte"),
        ("csv", b"PK\x03\x04\x14\x00", "file_is_a_workbook", "CSV UTF-8"),
        ("jsonl", b"\n\n", "file_is_empty", "nothing"),
        ("jsonl", b"\xff\xfe\x00", "file_is_utf16", "UTF-8"),
        ("jsonl", b"{}\n" * 50_001, "too_many_lines", "50000"),
    ],
)
def test_a_file_that_cannot_be_read_fails_as_a_whole_and_says_why(
    store: Service, fmt: str, data: bytes, problem: str, says: str
) -> None:
    done = arrive(store, announce(store, fmt), data)
    assert (done["state"], done["problem"], done["changed"]) == ("failed", problem, 0)
    assert says in done["problem_detail"]


def test_each_value_is_told_in_a_sentence_that_says_what_is_right(store: Service) -> None:
    """Nothing of the library that found it ("Value error, …"), and no "format is not right"."""
    rows = (
        b"8.73642E+06,Shoes,,https://store.example/a,,1,RUB,true\n"
        b"b,Shoes,,store.example/b,,1,RUB,true\n"
        b"c,Shoes,,https://store.example/c,,1,rub,true\n"
        b"d,Shoes,,https://store.example/d,,1,RUR,true\n"
        b'e,"Shoes\nof two lines",,https://store.example/e,,1,RUB,true\n'
    )
    done = arrive(store, announce(store, "csv"), HEADER + rows)
    told = {error["line"]: error["detail"] for error in done["errors"]}
    assert told == {
        2: "Send letters A-Z, digits and the signs . _ -, 64 characters at most.",
        3: "Send an https address such as https://store.example/p/1: a host by its name, in Latin letters, without a "
        "user, a port or spaces.",
        4: "Send a currency of ISO 4217 in capital letters, such as RUB or EUR.",
        5: "This is no currency of ISO 4217 such as RUB or EUR.",
        6: "Send one line of text, without line breaks and control characters.",
    }


def test_line_ends_of_an_old_macintosh_are_line_ends(store: Service) -> None:
    rows = b"".join(b"%d,Shoes,,https://store.example/p,,1,RUB,true\r" % number for number in range(3))
    done = arrive(store, announce(store, "csv"), HEADER.replace(b"\n", b"\r") + rows)
    assert (done["state"], done["changed"]) == ("done", 3)
    assert arrive(store, announce(store), lines(5).replace(b"\n", b"\r"))["lines"] == 5


def test_line_numbers_are_those_of_an_editor(store: Service) -> None:
    rows = (
        b'a,"Shoes\nof two lines",,https://store.example/a,,1,RUB,true\n'
        b"\n"
        b"b,Shoes,,https://store.example/b,,cheap,RUB,true\n"
        b",,,,,,,\n"
        b"c,Shoes,,https://store.example/c,,dear,RUB,true\n"
    )
    done = arrive(store, announce(store, "csv"), HEADER + rows)
    assert [(error["line"], error["field"]) for error in done["errors"]] == [
        (2, "name"), (5, "price_minor"), (7, "price_minor"),
    ]  # fmt: skip
    assert (done["lines"], done["refused"]) == (3, 3)


def test_a_sku_twice_in_a_file_is_refused_wherever_it_stands(store: Service) -> None:
    again = json.dumps({**SHOES, "sku": "3", "price_minor": 1}).encode()
    done = arrive(store, announce(store), lines(120) + b"\n" + again)
    assert (done["changed"], done["refused"], done["lines"]) == (119, 2, 121)
    told = [(error["line"], error["field"], error["code"]) for error in done["errors"]]
    assert told == [(4, "sku", "sku_stands_twice"), (121, "sku", "sku_stands_twice")]
    assert all("4 and 121" in error["detail"] for error in done["errors"])


def test_a_key_twice_in_a_line_is_refused(store: Service) -> None:
    twice = lines(1)[:-1] + b', "price_minor": 7}'
    done = arrive(store, announce(store), twice)
    assert [(error["line"], error["code"]) for error in done["errors"]] == [(1, "json_invalid")]
    assert "price_minor" in done["errors"][0]["detail"]


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


def test_a_full_file_that_is_refused_by_more_than_a_tenth_ends_nothing(store: Service) -> None:
    arrive(store, announce(store), lines(20))
    wrong = b"\n".join(json.dumps({**SHOES, "sku": sku, "price_minor": -1}).encode() for sku in ("x", "y"))
    done = arrive(store, announce(store, full=True), lines(2) + b"\n" + wrong)
    assert (done["state"], done["problem"]) == ("done_with_errors", "too_many_refused_to_end_the_rest")
    assert done["no_longer_sold"] == 0


GOOD = [b"Q-%d,Shoe %d,Kiprun,https://store.example/p,,899000,RUB,true\n" % (n, n) for n in range(1, 22)]


@pytest.mark.parametrize(
    "rows",
    [
        [*GOOD[:12], GOOD[12].replace(b"Shoe", b'"Shoe'), *GOOD[13:]],
        [*GOOD[:3], GOOD[3].replace(b",Shoe 4,", b',"Shoe 4"x,'), *GOOD[4:]],
        [*GOOD[:3], GOOD[3].replace(b",Shoe", b',"Shoe'), *GOOD[4:8], GOOD[8].replace(b"9,K", b'9",K'), *GOOD[9:]],
        [*GOOD[:9], GOOD[9].replace(b",RUB", b",RUB,RUB"), *GOOD[10:]],
        [*GOOD[:9], b",Shoes,,https://store.example/p,,1,RUB,true\n", *GOOD[10:]],
        [*GOOD[:19], GOOD[19][:30]],
    ],
    ids=["a quote left open", "text behind a quote", "a quote closed later", "a cell too many", "no SKU", "cut off"],
)  # fmt: skip
def test_a_full_file_with_a_broken_line_ends_nothing_and_reads_the_others(store: Service, rows: list[bytes]) -> None:
    arrive(store, announce(store, "csv"), HEADER + b"".join(GOOD))
    done = arrive(store, announce(store, "csv", full=True), HEADER + b"".join(rows))
    assert (done["no_longer_sold"], done["state"]) == (0, "done_with_errors")
    assert done["problem"] == "broken_lines_so_nothing_ended"
    assert "stays on sale" in done["problem_detail"]
    assert (done["lines"], done["refused"]) == (len(rows), 1)


def test_lines_are_told_in_the_language_of_who_asks(store: Service) -> None:
    files = {
        "csv": HEADER + b"".join([
            b'a,"Shoe,,https://store.example/p,,1,RUB,true\n',
            b'b,"Shoe"x,,https://store.example/p,,1,RUB,true\n',
            b"c,Shoe,,https://store.example/p,,1,RUB,true,1\n",
            b"d,Shoe,,store.example,,1,RUB,true\n",
            *[b"e,Shoe,,https://store.example/p,,1,RUB,true\n"] * 3,
            b"f,Shoe",
        ]),
        "jsonl": b'{"{a}": 1, "{a}": 2}\n[1]\nnothing\n' + lines(1) + b"\n" + lines(1),
    }  # fmt: skip
    for fmt, data in files.items():
        import_id = announce(store, fmt)
        english = arrive(store, import_id, data)["errors"]
        russian = store.sign("GET", f"{ADMIN}/imports/{import_id}", accept_language="ru").body["errors"]
        assert len(english) >= 5
        for one, other in zip(english, russian, strict=True):
            assert (one["line"], one["code"], one["field"]) == (other["line"], other["code"], other["field"])
            assert [bool(re.search("[а-яё]", said["detail"])) for said in (one, other)] == [False, True]


def test_an_import_of_before_is_told_as_it_was_stored() -> None:
    from partners.catalogue.imports import LineError
    from stadion.i18n import Language

    before = LineError.model_validate({"line": 2, "code": "json_invalid", "detail": "This line is not JSON."})
    assert before.said(Language.RU) == "This line is not JSON."


def test_a_quote_left_open_costs_its_own_line_alone(store: Service) -> None:
    rows = [*GOOD[:12], GOOD[12].replace(b"Shoe", b'"Shoe'), *GOOD[13:]]
    done = arrive(store, announce(store, "csv"), HEADER + b"".join(rows))
    assert (done["changed"], done["refused"]) == (20, 1)
    assert [(error["line"], error["code"]) for error in done["errors"]] == [(14, "csv_invalid")]
    assert "quote" in done["errors"][0]["detail"]


def test_forty_eight_lines_cost_three_requests_and_one_for_the_partner_of_the_file(store: Service) -> None:
    import_id = announce(store)
    with counted() as operations:
        done = taken(store, import_id, lines(48))
    assert (done.changed, done.state) == (48, "done")
    assert sorted(operations) == ["BatchGetItem", "GetItem", "GetItem", "TransactWriteItems"]
    import_id = announce(store)
    with counted() as operations:
        taken(store, import_id, lines(480, price_minor=1))
    assert len(operations) <= 3 * 10 + 1


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


def test_when_the_time_is_over_the_next_message_goes_on_at_once(
    store: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partners.catalogue import on_product_file

    import_id, sqs = announce(store), boto3.client("sqs")
    url = sqs.create_queue(QueueName="product-file")["QueueUrl"]
    monkeypatch.setenv("STADION_PRODUCT_FILE_QUEUE", url)
    store.enter()
    monkeypatch.setattr(on_product_file, "SECONDS", -1)
    done = arrive(store, import_id, lines(120))
    assert (done["state"], done["lines"]) == ("running", 48)
    seen = []
    while messages := sqs.receive_message(QueueUrl=url, VisibilityTimeout=600).get("Messages"):
        hear(store, messages[0]["Body"])
        seen.append(store.sign("GET", f"{ADMIN}/imports/{import_id}").body["lines"])
    assert seen == [96, 120]
    done = store.sign("GET", f"{ADMIN}/imports/{import_id}").body
    assert (done["state"], done["changed"]) == ("done", 120)


def test_two_that_take_in_one_file_at_once_lose_no_line(store: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from partners.catalogue import import_service

    import_id, whole, other = announce(store), import_service._take, []

    def overtaken(*arguments: Any) -> Any:
        if not other:
            other.append(True)
            monkeypatch.setattr(import_service, "_take", whole)
            other.append(taken(store, import_id, lines(120)))
        return whole(*arguments)

    monkeypatch.setattr(import_service, "_take", overtaken)
    done = taken(store, import_id, lines(120))
    assert (done.state, done.lines, done.changed) == ("done", 120, 120)
    assert len(store.published("ProductChanged")) == 120


def test_no_file_is_announced_for_who_is_disabled_or_has_no_catalogue(store: Service) -> None:
    def announced() -> tuple[int, str]:
        answer = store.sign("POST", f"{ADMIN}/store/imports", {"format": "csv"})
        return answer.status, answer.body["code"]

    store.sign("PATCH", f"{ADMIN}/store", {"may": ["orders"]}, if_match="*")
    assert announced() == (403, "partner_may_not")
    store.sign("POST", f"{ADMIN}/store/disable")
    assert announced() == (403, "partner_is_disabled")


def test_a_file_that_was_announced_before_a_partner_lost_its_catalogue_changes_nothing(store: Service) -> None:
    first, second = announce(store), announce(store)
    store.sign("PATCH", f"{ADMIN}/store", {"may": ["orders"]}, if_match="*")
    done = arrive(store, first, lines(3))
    assert (done["state"], done["problem"], done["changed"]) == ("failed", "partner_may_not", 0)
    store.sign("POST", f"{ADMIN}/store/disable")
    done = arrive(store, second, lines(3))
    assert (done["state"], done["problem"], done["changed"]) == ("failed", "partner_is_disabled", 0)
    assert "Enable it" in done["problem_detail"]
    assert store.published("ProductChanged") == []


HALF = "\\ud800"
"""Half a character, as JSON may spell it: nothing that has one can be written down."""


@pytest.mark.parametrize(
    "line",
    [
        f'{{"{HALF}": 1}}',
        f'{{"{HALF}": 1, "{HALF}": 2}}',
        f'{{"sku": "{HALF}"}}',
        f'{{"sku": "a", "name": "{HALF}"}}',
        f'{{"sku": "a", "wear_category": "{HALF}", "currency": "{HALF}", "deeplink": "https://store.example/{HALF}"}}',
        f'{{"sku": "a", "deeplink": "https://{HALF}.example/", "brand": "{HALF}", "price_minor": "{HALF}"}}',
        '{"price_minor": 1e999, "is_sold": NaN, "sku": -Infinity}',
        f'{{"price_minor": {"9" * 4_000}, "sku": "a", "name": "a"}}',
        f'{{"price_minor": {"9" * 6_000}}}',
        '{"sku": {"a": ["' + "x" * 70_000 + '"]}}',
        "[" * 100_000,
        "\u2028\u0085{}",
    ],
)
def test_whatever_a_line_says_it_is_told_and_the_file_comes_to_its_end(store: Service, line: str) -> None:
    good = json.dumps({**SHOES, "sku": "good"})
    done = arrive(store, announce(store), f"{line}\n{good}".encode())

    assert (done["state"], done["changed"], done["refused"]) == ("done_with_errors", 1, 1)
