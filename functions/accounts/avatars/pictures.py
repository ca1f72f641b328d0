"""Turns whatever a phone sends into a small square picture without metadata (a photo's EXIF may hold its place)."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 512
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


class PictureError(Exception):
    """Not a picture that we take; the message is a stable code."""


def avatar_of(data: bytes) -> bytes:
    """A WebP of at most 512 x 512 pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError("picture_too_large")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except UnidentifiedImageError as error:
        raise PictureError("picture_type_unknown") from error
    except Image.DecompressionBombError as error:
        raise PictureError("picture_too_large") from error
    except PictureError:
        raise
    except Exception as error:
        raise PictureError("picture_broken") from error
    square = ImageOps.fit(upright, (min(SIDE, *upright.size),) * 2)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=85)
    return out.getvalue()
