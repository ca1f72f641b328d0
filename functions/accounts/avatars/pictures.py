"""Turns whatever a phone sends into a small square picture."""

from PIL import ImageOps

from stadion.pictures import opened, packed

SIDE = 512


def avatar_of(data: bytes) -> bytes:
    """A WebP of at most 512 x 512 pixels. `PictureError`."""
    upright = opened(data, at_least=SIDE)
    return packed(ImageOps.fit(upright, (min(SIDE, *upright.size),) * 2))
