"""The safeguards of partners that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

LINKS: Final = "tests/partners/links/integration/test_links.py"
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
    Mutant(
        "a partner uses another's token",
        "partners.links.service:_token",
        "stored.value is None or stored.value.partner_id != partner_id",
        "stored.value is None",
        (LINKS,),
    ),
    Mutant(
        "a token outlives its time",
        "partners.links.service:_token",
        "stored.value.expires_at <= now",
        "False",
        (LINKS,),
    ),
    Mutant(
        "a token of before links again after the athlete has unlinked",
        "partners.links.store:end",
        "_drop_tokens(change, kept, ended.partner_id)",
        "pass",
        (LINKS,),
    ),
    Mutant(
        "of a trade and an unlinking at once the trade wins unseen",
        "partners.links.store:drop_tokens",
        "change.check(kept.links.get(partner_id) or LINKS.at(user_id, partner_id).nothing())",
        "pass",
        (LINKS,),
    ),
    Mutant(
        "guesses at tokens are not counted",
        "partners.links.service:_token",
        "tried >= MAX_UNKNOWN",
        "False",
        (LINKS,),
    ),
    Mutant(
        "an order is about one who unlinked the partner meanwhile",
        "partners.orders.store:save",
        "change.check(whose)",
        "pass",
        (LINKS,),
    ),
    Mutant(
        "an order's words fill a locker",
        "partners.orders.service:_lines",
        "name=product.name if product else None",
        "name=line.name or line.sku",
        (LINKS,),
    ),
)
