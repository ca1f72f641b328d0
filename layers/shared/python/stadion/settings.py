"""The environment of a function, read in this one place. An error names the missing variable."""

from functools import cache
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_S = TypeVar("_S", bound="Settings")


class MissingSettingError(RuntimeError):
    """A required environment variable is absent or malformed."""


class Settings(BaseSettings):
    """What every function has. A service that needs more subclasses it in its own `settings.py`."""

    model_config = SettingsConfigDict(env_prefix="STADION_", frozen=True, extra="ignore")

    stage: str = Field(min_length=1)
    """`local`, `dev` or `prod`: only the local one lets an input say what time it is, so none is no stage."""
    service: str
    table: str = ""
    standing_table: str = ""
    audit_table: str = ""
    pseudonyms_secret: str = ""
    """The ARN of the key that people are named by in logs (`stadion.pseudonyms`)."""
    bus: str = "stadion"
    partner_rates: dict[str, int] = Field(default_factory=dict)
    """Plan -> requests a second (in JSON)."""
    allowance: int = 1
    """How many times what an athlete may ask for within a minute or a day: more than once on the laptop only."""


class _EdgeSettings(BaseSettings):
    """What is asked before anything else, also where a function has nothing else."""

    model_config = SettingsConfigDict(env_prefix="STADION_", frozen=True, extra="ignore")

    edge_secret: str = ""


@cache
def edge_secret() -> str:
    """The ARN of what only the edge sends; empty where there is no edge."""
    return _EdgeSettings().edge_secret


class _PatienceSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STADION_", frozen=True, extra="ignore")

    patience: float = 1


class _RuntimeSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="AWS_", frozen=True, extra="ignore")

    execution_env: str = ""


@cache
def runtime() -> str:
    """Lambda's name of it; empty elsewhere."""
    return _RuntimeSettings().execution_env


@cache
def patience_factor() -> float:
    """How many times as long as on AWS one waits for it: on the laptop the emulator shares its cores with everybody."""
    return _PatienceSettings().patience


@cache
def _read(kind: type[Settings]) -> Settings:
    try:
        return kind()
    except ValidationError as error:
        names = ", ".join(f"STADION_{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors())
        raise MissingSettingError(
            f"the function's environment is incomplete: {names}. "
            "Is what it names in `uses=[…]` of the function's line in the stack?"
        ) from None


def load(kind: type[_S]) -> _S:
    found = _read(kind)
    assert isinstance(found, kind)  # noqa: S101 - for the type checker
    return found


def settings() -> Settings:
    return load(Settings)


def forget() -> None:
    """Read the environment anew at the next use (tests change it)."""
    _read.cache_clear()
    edge_secret.cache_clear()
    patience_factor.cache_clear()
