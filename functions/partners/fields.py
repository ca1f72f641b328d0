"""Fields that several requests of partners have."""

from typing import Annotated

from pydantic import Field

from stadion.fields import LINE

Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["8736421"])]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
Minor = Annotated[int, Field(strict=True, ge=0, le=10**12, description="in the currency's smallest unit")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])]
WearCategory = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$", examples=["running_shoes"])]
