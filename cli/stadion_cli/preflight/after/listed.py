"""The checks after the deploy: they make test data under the run's id, which the last of them removes."""

from typing import Final

from stadion_cli.preflight.after import (
    alarms,
    bus,
    campaign,
    cold_starts,
    deployed,
    files,
    http_api,
    leftovers,
    live,
    mail_events,
    partner_api,
    sign_in,
    sizes,
)
from stadion_cli.preflight.checks import Check

CHECKS: Final = (
    Check(
        12,
        "deployed",
        "What is deployed",
        (deployed.stacks, deployed.drift, deployed.live_versions, deployed.mappings, deployed.log_streams),
    ),
    Check(13, "alarms", "Alarms are heard", (alarms.rings, alarms.actions_worked, alarms.somebody_listens)),
    Check(14, "rules", "Rules of the bus", (bus.rules, bus.consumers_are_on_the_bus)),
    Check(15, "outboxes", "Outbox to bus", (bus.outboxes, bus.relay_failures)),
    Check(
        16,
        "sign_in",
        "Registering and signing in",
        (sign_in.registers, sign_in.refreshes, sign_in.signs_out_everywhere, sign_in.brakes),
    ),
    Check(
        17,
        "http_api",
        "The HTTP API",
        (
            http_api.tokens,
            http_api.origins,
            http_api.signatures,
            http_api.addresses,
            http_api.passes_by_the_edge,
            http_api.retry_after,
        ),
    ),
    Check(18, "files", "Recordings and pictures", (files.recording, files.too_large, files.avatar)),
    Check(19, "mail_events", "What became of mails", (mail_events.simulator, mail_events.no_dead_letters)),
    Check(20, "partner_api", "The partner API", (partner_api.keys, partner_api.plan, partner_api.deployment)),
    Check(21, "live", "The WebSocket API", (live.comes_in, live.a_follower_sees, live.too_large)),
    Check(22, "campaign", "A campaign, and what failed", (campaign.runs, campaign.redriven, campaign.letters)),
    Check(23, "sizes", "Large things", (sizes.long_ride, sizes.long_cursor, sizes.largest_event)),
    Check(24, "cold_starts", "Cold starts", (cold_starts.starts,)),
    Check(
        25,
        "ending",
        "At the end",
        (
            leftovers.dead_letters,
            leftovers.nothing_waits,
            leftovers.throttles,
            leftovers.failures,
            leftovers.nothing_is_left,
            leftovers.cost,
        ),
        costs_usd=0.01,
    ),
)
"""Cost Explorer takes a cent for a question."""
