"""Whose business it is what a partner calls an athlete."""

from infra_cdk.parts.consumer import Events
from infra_cdk.parts.entry_points import entry_points
from local.paths import ROOT
from partners.links.domain import new_athlete_id, new_token
from stadion.events.partners import PartnerUnlinked

FUNCTIONS = ROOT / "functions"


def who_hears(detail_type: str) -> set[str]:
    consumers = [one for one in entry_points(FUNCTIONS) if "handler.on(" in (FUNCTIONS / one.path).read_text("utf-8")]
    return {one.service for one in consumers if detail_type in Events.of(FUNCTIONS / one.path).detail_types}


def test_promos_alone_hears_what_a_partner_calls_an_athlete() -> None:
    assert who_hears("PartnerLinkChanged") == {"promos"}
    assert who_hears("PartnerUnlinked") == {"accounts"}
    assert "athlete_id" not in PartnerUnlinked.model_fields


def test_ids_and_tokens_are_random_and_long_enough_that_nobody_guesses_one() -> None:
    ids, tokens = {new_athlete_id() for _ in range(2000)}, {new_token() for _ in range(2000)}
    assert (len(ids), {len(one) for one in ids}) == (2000, {len("at_") + 26})
    assert (len(tokens), {len(one) for one in tokens}) == (2000, {len("lt_") + 43}), "256 bits in base64"
