"""The safeguards of partners that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "a webhook is attempted before its hour",
        "partners.webhooks.service:attempt",
        "delivery.next_at is not None and delivery.next_at > now",
        "False",
        ("tests/partners/webhooks/integration/test_webhooks.py",),
    ),
    Mutant(
        "an id may end anywhere in what is signed",
        "partners.signatures:verify",
        '"." in headers[ID]',
        "False",
        ("tests/partners/unit/test_signatures.py",),
    ),
    Mutant(
        "a message that nobody signed is believed",
        "partners.signatures:verify",
        "Webhook(secret.value).verify(body, headers, json_parse=False)",
        "pass",
        ("tests/partners/integration/test_partners.py",),
    ),
    Mutant(
        "of two messages of one order at once one is lost",
        "partners.orders.store:save",
        "change.replace(ORDERS.seen(before), after)",
        "change.put(ORDERS, after, new=False)",
        ("tests/partners/integration/test_partners.py", "tests/partners/orders/unit"),
    ),
    Mutant(
        "more comes back than was bought",
        "partners.orders.domain:Order.returned",
        "quantity > bought[sku]",
        "False",
        ("tests/partners/orders/unit",),
    ),
    Mutant(
        "a webhook goes to an address inside",
        "partners.webhooks.destinations:find",
        "not addresses or not all(_is_public(address) for address in addresses)",
        "not addresses",
        ("tests/partners/webhooks/unit",),
    ),
    Mutant(
        "a line that cannot be read takes others out of sale",
        "partners.catalogue.imports:Import.why_nothing_ends",
        "if self.broken:",
        "if False:",
        ("tests/partners/catalogue/integration/test_product_imports.py",),
    ),
    Mutant(
        "of two lines about one SKU both are taken",
        "partners.catalogue.product_file:_each_once",
        "len(numbers[line.sku]) > 1",
        "False",
        ("tests/partners/catalogue/integration/test_product_imports.py",),
    ),
    Mutant(
        "what a stray quote swallows is lost",
        "partners.catalogue.rows:_row",
        "if any(_is_whole(line, len(columns)) for line in lines[number : at + taken]):",
        "if False:",
        ("tests/partners/catalogue/integration/test_product_imports.py",),
    ),
    Mutant(
        "nobody hears of a guest's order",
        "partners.orders.domain:news",
        "if after.completed is None:",
        "if after.completed is None or after.user_id is None:",
        ("tests/partners/integration/test_partners.py",),
    ),
    Mutant(
        "the same words in another spelling are another message",
        "partners.orders.schemas:_digest",
        'key=lambda line: line["sku"]',
        "key=lambda line: 0",
        ("tests/partners/integration/test_partners.py",),
    ),
)
