"""Fields that several requests of partners have."""

from typing import Annotated

from pydantic import Field

from stadion.fields import LINE

Words = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
WearCategory = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$", examples=["running_shoes"])]
