from pydantic import Field

from stadion.settings import Settings


class PartnerSettings(Settings):
    partner_plans: dict[str, str] = Field(default_factory=dict)
    """Name -> id of the usage plan (in JSON)."""
    partner_api_url: str = ""
    imports_bucket: str = ""
    product_file_queue: str = ""
    webhook_deliveries_queue: str = ""

    @property
    def is_local(self) -> bool:
        return self.stage == "local"
