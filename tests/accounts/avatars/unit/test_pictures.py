"""A small file may be a picture that fills the memory: its size is looked at before it is unpacked."""

import io

import pytest
from PIL import Image

from accounts.avatars.pictures import MAX_PIXELS, SIDE, PictureError, avatar_of


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_becomes_a_small_square() -> None:
    with Image.open(io.BytesIO(avatar_of(png(900, 700)))) as avatar:
        assert avatar.size == (SIDE, SIDE)


def test_more_pixels_than_we_unpack_are_refused() -> None:
    side = 6400
    assert side * side > MAX_PIXELS

    with pytest.raises(PictureError, match="picture_too_large"):
        avatar_of(png(side, side))
