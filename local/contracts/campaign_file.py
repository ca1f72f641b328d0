"""The JSON Schema of a campaign's file, for editors: what marketing writes, with every field explained."""

from typing import Any

from pydantic import Field, create_model

from promos.campaigns.plan.values import CampaignId, CampaignPlan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, Any]:
    """`campaign_id` and the fields of the plan, as `stadion campaign create` reads them."""
    name = Field(description="the campaign's name, in addresses and reports")
    file = create_model("Campaign", __base__=CampaignPlan, campaign_id=(CampaignId, name))
    found = file.model_json_schema(by_alias=True)
    found["description"] = "A campaign, for `stadion campaign create`."
    return {"$schema": DIALECT, **found}
