"""Pictures that people send, made into plain small ones. Whoever imports this needs the layer `images`.

Nothing but the pixels is kept: a photo's metadata may hold where it was taken, who took it and what was cut off it.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MAX_PIXELS: Final = 50_000_000
"""The cameras of phones have 48 million; unpacked, they are 150 MB."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITY: Final = 85
MAX_PROFILE: Final = 4 * 1024 * 1024
"""In bytes; those of printers have one or two million, those of cameras and screens some hundreds."""
_HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftypmsf1")


class PictureError(Exception):
    """Not a picture that we take; the message is a stable code."""


def opened(data: bytes, *, at_least: int) -> Image.Image:
    """Upright, in RGB, without metadata; of its own size, or smaller if it has `at_least` as many pixels a side then.

    Its size is looked at before it is unpacked: a small file may be a picture that fills the memory."""
    with _told():
        if data[4:12] in _HEIC:
            raise PictureError("picture_is_heic")
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError("picture_too_large")
            picture.draft("RGB", (at_least, at_least))
            upright = _in_srgb(ImageOps.exif_transpose(picture), picture.info.get("icc_profile"))
    upright.info.clear()
    return upright


def webp(picture: Image.Image, *, side: int) -> tuple[bytes, tuple[int, int]]:
    """At most `side` pixels a side, and its width and height."""
    small = picture.copy()
    small.thumbnail((side, side))
    return packed(small), small.size


def packed(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours as they are meant. The profile goes with all else that the camera wrote, and without it those of
    phones, which are of Display P3, would be pale; one that cannot be read or is of other pixels changes nothing."""
    of_other_colours = picture.mode in {"CMYK", "L"}
    try:
        if not profile or len(profile) > MAX_PROFILE:
            return _on_white(picture)
        meant, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if of_other_colours:
            return ImageCms.profileToProfile(picture, meant, srgb, outputMode="RGB") or _on_white(picture)
        plain = _on_white(picture)
        ImageCms.profileToProfile(plain, meant, srgb, inPlace=True)
        return plain
    except (ImageCms.PyCMSError, OSError):
        return _on_white(picture)


def _on_white(picture: Image.Image) -> Image.Image:
    """What can be seen through would be black, or whatever colour its maker left there."""
    if picture.mode.startswith("I"):
        return _of_16_bits(picture).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _of_16_bits(picture: Image.Image) -> Image.Image:
    """Greys; `convert` would cut them off at 255, so that nearly all are white."""
    picture.info.pop("transparency", None)
    return picture.point(lambda grey: grey * (1 / 256)).convert("L")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError("picture_type_unknown") from error
    except Image.DecompressionBombError as error:
        raise PictureError("picture_too_large") from error
    except Exception as error:
        raise PictureError("picture_broken") from error
