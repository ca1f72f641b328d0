"""An avatar is a small square."""

import io

from PIL import Image

from accounts.avatars.pictures import SIDE, avatar_of


def test_a_picture_becomes_a_small_square() -> None:
    out = io.BytesIO()
    Image.new("1", (900, 700)).save(out, "PNG")
    with Image.open(io.BytesIO(avatar_of(out.getvalue()))) as avatar:
        assert avatar.size == (SIDE, SIDE)
