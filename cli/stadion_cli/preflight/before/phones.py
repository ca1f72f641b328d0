"""10: may this account text, and do its push applications stand?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped, warned
from stadion_cli.preflight.world import World

HOW_TO: Final = "docs/how-to/first-day-on-aws.md"
LIMIT: Final = "MonthlySpendLimit"
GOOD_FOR: Final = timedelta(days=30)


def sandbox(world: World) -> Iterator[Finding]:
    inside = world.client("sns").get_sms_sandbox_account_status()["IsInSandbox"]
    yield judged(
        not inside,
        "the account is out of the SMS sandbox",
        "the account is in the SMS sandbox: only verified numbers get codes",
        f"{HOW_TO}#text-messages",
    )


def spending(world: World) -> Iterator[Finding]:
    told = world.client("sns").get_sms_attributes(attributes=[LIMIT, "DeliveryStatusIAMRole"])["attributes"]
    limit, wanted = float(told.get(LIMIT) or 1), world.environment.sms_month_usd
    yield judged(
        limit >= wanted,
        f"SMS may cost ${limit:g} a month",
        f"SMS may cost ${limit:g} a month, and {world.environment.name} wants ${wanted:g}",
        f"stadion sms limit --stage {world.environment.name}",
        limit_usd=limit,
    )
    if told.get("DeliveryStatusIAMRole"):
        yield passed("what became of an SMS is logged")
    else:
        yield warned(
            "nobody hears what became of an SMS: SNS drops in silence what is over the limit or has no sender (M10)",
            f"aws sns set-sms-attributes --attributes DeliveryStatusIAMRole=… ({HOW_TO}#text-messages)",
        )


def origination(world: World) -> Iterator[Finding]:
    """Countries differ: some want a registered number or sender, and drop the rest."""
    pages = world.client("sns").get_paginator("list_origination_numbers").paginate()
    numbers = [one for page in pages for one in page["PhoneNumbers"]]
    countries = {str(one.get("Iso2CountryCode")) for one in numbers if one.get("Status") == "ACTIVE"}
    missing = [code for code in world.environment.phone_countries if code not in countries]
    if missing:
        yield warned(
            f"no number of our own sends to {', '.join(missing)}: AWS chooses one, or the country drops it",
            f"{HOW_TO}#text-messages",
            countries=sorted(countries),
        )
    else:
        yield passed(f"a number of our own sends to {', '.join(world.environment.phone_countries)}")


def push(world: World) -> Iterator[Finding]:
    applications = world.environment.push_applications
    if not applications:
        yield skipped("the environment names no push applications: nobody's phone rings", f"{HOW_TO}#push")
        return
    pages = world.client("sns").get_paginator("list_platform_applications").paginate()
    found = {
        str(one["PlatformApplicationArn"]).partition(":app/")[2]: one.get("Attributes", {})
        for page in pages
        for one in page["PlatformApplications"]
    }
    for _, name in applications:
        yield _application(name, found.get(name))


def _application(name: str, attributes: dict[str, Any] | None) -> Finding:
    remedy = f"aws sns create-platform-application … ({HOW_TO}#push)"
    if attributes is None:
        return failed(f"there is no push application {name}", remedy)
    if attributes.get("Enabled", "true") != "true":
        return failed(
            f"{name} is disabled: its credentials were refused",
            f"aws sns set-platform-application-attributes ({HOW_TO}#push)",
        )
    expires = attributes.get("AppleCertificateExpirationDate") or attributes.get("AppleCertificateExpiryDate")
    if expires and datetime.fromisoformat(str(expires)).astimezone(UTC) < datetime.now(UTC) + GOOD_FOR:
        return failed(
            f"the certificate of {name} ends at {expires}",
            f"aws sns set-platform-application-attributes ({HOW_TO}#push)",
        )
    return passed(f"{name} is enabled")
