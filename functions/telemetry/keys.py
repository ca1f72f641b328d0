"""Where the chunks of a workout's streams lie: the ones of a live workout grow where the diary's will be looked for."""

from typing import Final

LIVE: Final = "live"
"""The last part of a claim's key when the chunks are in the table already."""


def chunks(user_id: str, workout_id: str, content: str) -> str:
    """The partition of chunks. `content` is the name of what is in them, or `LIVE`."""
    return f"CHUNKS#{user_id}#{workout_id}#{content}"
