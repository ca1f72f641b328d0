"""9: may this account send mail, from our domain?"""

from collections.abc import Iterator
from typing import Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, warned
from stadion_cli.preflight.world import World

HOW_TO: Final = "docs/how-to/first-day-on-aws.md#mail"
OF_NOBODY: Final = (".example", ".test", ".invalid", "example.org", "example.com")
SET: Final = "stadion"


def sending(world: World) -> Iterator[Finding]:
    found = world.client("sesv2").get_account()
    review = found.get("Details", {}).get("ReviewDetails", {}).get("Status", "never asked for")
    yield judged(
        found.get("ProductionAccessEnabled", False),
        "the account may mail to everybody",
        f"the account is in SES's sandbox: only verified addresses get mail (production access: {review.lower()})",
        f"aws sesv2 put-account-details --production-access-enabled … ({HOW_TO})",
        daily=found.get("SendQuota", {}).get("Max24HourSend"),
    )
    yield judged(
        found.get("SendingEnabled", False),
        "sending is on",
        f"sending is switched off: {found.get('EnforcementStatus', 'no reason given')}",
        "aws sesv2 put-account-sending-attributes --sending-enabled, or the case that AWS has opened",
    )


def identity(world: World) -> Iterator[Finding]:
    from botocore.exceptions import ClientError

    domain = world.environment.mail_domain
    if domain.endswith(OF_NOBODY):
        yield failed(
            f"{domain} belongs to nobody, so nobody can verify it",
            "export STADION_DOMAIN=your-domain.com",
            domain=domain,
        )
        return
    try:
        found = world.client("sesv2").get_email_identity(EmailIdentity=domain)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        yield warned(
            f"SES does not know {domain} yet: the first deployment makes it",
            f"deploy with STADION_FIRST=1, then write MailDkim1..3 into the DNS ({HOW_TO})",
            domain=domain,
        )
        return
    dkim = found.get("DkimAttributes", {})
    yield judged(
        found.get("VerifiedForSendingStatus", False) and dkim.get("Status") == "SUCCESS",
        f"{domain} is verified, DKIM signs",
        f"{domain}: verification {found.get('VerificationStatus', '?')}, DKIM {dkim.get('Status', '?')}",
        "write the CNAMEs of the outputs MailDkim1..3 into the DNS, and wait up to 72 hours: "
        + ", ".join(f"{token}._domainkey.{domain}" for token in dkim.get("Tokens", [])),
        domain=domain,
        dkim=dkim.get("Status"),
    )


def configuration_set(world: World) -> Iterator[Finding]:
    """Free, or the stack's own."""
    from botocore.exceptions import ClientError

    try:
        world.client("sesv2").get_configuration_set(ConfigurationSetName=SET)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        yield passed(f"the configuration set {SET} is free")
        return
    stacks = world.client("cloudformation").get_paginator("describe_stacks").paginate()
    ours = any(one["StackName"] == "stadion-notifications" for page in stacks for one in page["Stacks"])
    yield judged(
        ours,
        f"the configuration set {SET} is the stack's",
        f"there is a configuration set {SET} that no stack made",
        f"aws sesv2 delete-configuration-set --configuration-set-name {SET}",
    )
