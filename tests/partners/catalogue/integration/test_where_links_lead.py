"""A catalogue is read by athletes in mails of ours: its links lead to its partner, and its texts lead nowhere."""

import json
from typing import Any

import pytest

from tests.kit.services import Service
from tests.kit.store import SHOES
from tests.partners.catalogue.integration.test_product_imports import announce, arrive
from tests.partners.integration.test_partners import ADMIN, Store, make

ELSEWHERE = [
    "https://store.example@evil.example/login",
    "https://store.example:pw@evil.example/",
    "https://store.example.evil.example/p/1",
    "https://evilstore.example/p/1",
    "https://evil.example/?https://store.example/",
    "https://evil.example#store.example",
    "https://evil.example\\.store.example/",
    "https://store.example\\@evil.example/",
    "https://store.example:8080/",
    "https://store.example:8443/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://localhost/",
    "https://store/",
    "https://.store.example/",
    "https://store..example/",
    "https://-store.example/",
    "https://store.example./p/1",
    "https://STORE.example.evil.example/",
    "https://store.examрle/p/1",
    "https://store.example\t.evil.example/",
    "http://store.example/p/1",
    "//store.example/p/1",
    "javascript:alert(1)//store.example",
    'https://store.example/"><script>',
    "https://store.example/ p",
    "https://store.example/\u202egpj.exe",
    "https://store.example/p\u200b",
    f"https://{'a.' * 130}store.example/",
]
LURES = [
    "Win at https://evil.example",
    "Win at HTTP://EVIL",
    "www.evil",
    "Buy at evil.example.com now",
    "sale.shoes",
    "evil.ru/login",
    "EVIL.COM",
    "магазин.рф",
    "xn--80aaxitdbjk.xn--p1ai",
    "evil\u3002com",
    "evil\uff0ecom/login",
    "evil\uff61com",
    "evil\u2024com",
    "evil\u200b.com",
    "ev\u00adil.com",
    "evil.\u2060com",
    "ｅｖｉｌ.ｃｏｍ",
    "Sale .evil.com",
    "Sale...evil.com",
    "evil.com- 50 %",
    "evil.com_",
    "दुकान.भारत",
    "கடை.சிங்கப்பூர்",
    "💩.la",
    "evil.c\ufe0fom",
    "evil.c\u034fom",
    "evil.c\u3164om",
    "evil.c\U000e0100om",
    "evil.c\u180bom",
    "me\uff20evil",
    "https\uff1a\uff0f\uff0fevil",
    "write to me@evil.example",
    "mailto:me",
    "tel:+4477",
    "call 10.0.0.1",
    "line\nbreak",
    "turned \u202e around",
    "x" * 121,
]
NAMES = [
    "Kiprun KD900.2",
    "Dr.Martens 1460",
    "Salomon S/LAB Pulsar 3",
    "Asics GT-2000 12 2E (широкие)",
    "Nike Pegasus 41: road",
    "Size 42.5, 285 g",
    "Р-р 42.5",
    "1.5 l",
    "Adios Pro 3 - St. Moritz",
]


@pytest.fixture
def store(partners: Service) -> Store:
    return make(partners)


@pytest.mark.parametrize("link", ELSEWHERE)
def test_a_link_that_leads_elsewhere_is_refused(store: Store, link: str) -> None:
    answer = store.put("1", {**SHOES, "deeplink": link})
    assert answer.status == 422, answer.body
    batch = {"products": [{**SHOES, "sku": "1", "deeplink": link}]}
    [item] = store.service.ask("POST", "/partner/v1/products", batch, key=store.key).body["items"]
    assert (item["outcome"], item["errors"][0]["pointer"]) == ("refused", "#/products/0/deeplink")
    assert store.service.published("ProductChanged") == []


@pytest.mark.parametrize(
    "link",
    [
        "https://store.example",
        "https://STORE.example/p/1?a=b#c",
        "https://store.example:443/p",
        "https://m.shop.example/",
    ],
)
def test_a_link_to_a_host_of_the_partner_passes_byte_for_byte(store: Store, link: str) -> None:
    store.service.sign("PATCH", f"{ADMIN}/store", {"hosts": ["Store.Example", "*.shop.example"]}, if_match="*")
    assert store.put("1", {**SHOES, "deeplink": link}).body["deeplink"] == link


def test_what_is_below_a_host_is_not_the_host(store: Store) -> None:
    store.service.sign("PATCH", f"{ADMIN}/store", {"hosts": ["*.shop.example"]}, if_match="*")
    for link in ("https://shop.example/", "https://store.example/", "https://myshop.example/"):
        answer = store.put("1", {**SHOES, "deeplink": link})
        assert (answer.status, answer.body["code"], answer.body["errors"][0]["pointer"]) == (
            422,
            "host_is_not_yours",
            "#/deeplink",
        )


def test_without_a_host_there_is_no_link_and_the_answer_says_whom_to_ask(store: Store) -> None:
    new = make(store.service, "new", hosts=[])
    answer = new.put("1", SHOES)
    assert (answer.status, answer.body["code"]) == (422, "host_is_not_yours")
    assert "--host store.example" in answer.body["detail"]


def test_a_strange_host_has_one_code_in_a_request_a_batch_and_a_file(store: Store) -> None:
    strange = {**SHOES, "deeplink": "https://x.example/1"}
    batch = {"products": [{**strange, "sku": "1"}]}
    [item] = store.service.ask("POST", "/partner/v1/products", batch, key=store.key).body["items"]
    done = arrive(store.service, announce(store.service), json.dumps({**strange, "sku": "1"}).encode())
    codes = [store.put("1", strange).body["code"], item["errors"][0]["code"], done["errors"][0]["code"]]
    assert codes == ["host_is_not_yours"] * 3


def test_a_partners_hosts_are_its_own(store: Store) -> None:
    other = make(store.service, "other", hosts=["other.example"])
    assert other.put("1", SHOES).status == 422
    assert other.put("1", {**SHOES, "deeplink": "https://other.example/1"}).status == 200


def test_lines_of_a_file_are_judged_by_the_hosts_as_they_are_when_it_is_read(store: Store) -> None:
    header = "sku,name,deeplink,price_minor,currency"
    lines = [
        header,
        "a,A,https://store.example/a,1,EUR",
        "b,B,https://evil.example/b,1,EUR",
        "c,C,https://x.example/c,1,EUR",
    ]
    store.service.sign("PATCH", f"{ADMIN}/store", {"hosts": ["store.example", "x.example"]}, if_match="*")
    done = arrive(store.service, announce(store.service, "csv"), "\n".join(lines).encode() + b"\n")
    assert (done["changed"], done["refused"]) == (2, 1)
    assert (done["errors"][0]["line"], done["errors"][0]["field"]) == (3, "deeplink")
    assert "evil.example is none of your hosts (store.example, x.example)" in done["errors"][0]["detail"]


@pytest.mark.parametrize("text", LURES)
@pytest.mark.parametrize("field", ["name", "brand"])
def test_a_text_that_a_mail_would_make_a_link_of_is_refused(store: Store, field: str, text: str) -> None:
    answer = store.put("1", {**SHOES, field: text})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, f"#/{field}")


@pytest.mark.parametrize("name", NAMES)
def test_what_products_are_called_is_taken(store: Store, name: str) -> None:
    assert store.put("1", {**SHOES, "name": name}).body["name"] == name


@pytest.mark.parametrize(
    "host",
    [
        "",
        "store",
        "https://store.example",
        "store.example/",
        "store.example:443",
        "*",
        "*.example",
        "10.0.0.1",
        "a b.c",
    ],
)
def test_a_host_is_a_name_with_a_domain(store: Store, host: str) -> None:
    answer = store.service.sign("PATCH", f"{ADMIN}/store", {"hosts": [host]}, if_match="*")
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "#/hosts/0"), answer.body


def test_a_partner_is_changed_in_part_and_told_at_once(store: Store) -> None:
    changed = store.service.sign("PATCH", f"{ADMIN}/store", {"may": ["codes", "orders", "codes"]}, if_match="*").body
    assert (changed["may"], changed["hosts"], changed["name"]) == (["orders", "codes"], ["store.example"], "The Store")
    assert store.put("1", SHOES).body["code"] == "partner_may_not"
    again: dict[str, Any] = store.service.sign(
        "PATCH", f"{ADMIN}/store", {"may": ["orders", "codes"]}, if_match="*"
    ).body
    assert again["revision"] == changed["revision"]
    for wrong in ({"may": []}, {"may": None}, {"hosts": None}, {"plan": "trial"}, {"name": ""}):
        assert store.service.sign("PATCH", f"{ADMIN}/store", wrong, if_match="*").status in {400, 422}, wrong
    assert store.service.sign("PATCH", f"{ADMIN}/none", {"name": "N"}, if_match="*").status == 404
