"""Of a picture that somebody sends, the pixels are kept, and nothing that its camera knew besides."""

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from stadion.pictures import MAX_PIXELS, PictureError, opened, webp

SECRET = "55.7558 37.6173"
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def a_picture(kind: str, size: tuple[int, int] = (60, 40), *, mode: str = "RGB", **told: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, None).save(out, kind, **told)
    return out.getvalue()


def told_of_the_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, SECRET
    exif.get_ifd(GPS).update({1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 2.0), 29: SECRET})
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_the_camera_knew_is_gone(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    told: dict[str, Any] = {"exif": told_of_the_place(), "icc_profile": profile}
    if kind == "WEBP":
        told["xmp"] = xmp
    sent = a_picture(kind, **told)
    sent = sent + xmp  # after the end of the picture, too
    assert SECRET.encode() in sent
    packed, _ = webp(opened(sent, at_least=64), side=64)
    assert SECRET.encode() not in packed
    with Image.open(io.BytesIO(packed)) as kept:
        assert not kept.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & kept.info.keys()
    assert not {b"EXIF", b"XMP ", b"ICCP"} & {packed[at : at + 4] for at in range(len(packed))}


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_it_stands_upright(orientation: int, size: tuple[int, int]) -> None:
    sent = a_picture("JPEG", exif=told_of_the_place(orientation))
    assert webp(opened(sent, at_least=64), side=64)[1] == size


@pytest.mark.parametrize(
    ("size", "kept"),
    [((3000, 1500), (2048, 1024)), ((10, 20), (10, 20)), ((20_000, 3), (2048, 1)), ((1, 1), (1, 1))],
)
def test_it_is_no_larger_than_it_is_shown_and_never_made_larger(size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert webp(opened(a_picture("JPEG", size), at_least=2048), side=2048)[1] == kept


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_taken_and_what_is_clear_is_white(mode: str) -> None:
    upright = opened(a_picture("PNG", mode=mode), at_least=64)
    assert upright.mode == "RGB"
    if mode in {"LA", "RGBA"}:
        assert upright.getpixel((0, 0)) == (255, 255, 255)


def a_profile(*, swapped: bool = True) -> bytes:
    """sRGB, or what has its red where sRGB has its blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if not swapped:
        return profile
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_its_colours_are_those_that_its_profile_means(kind: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (16, 16), (255, 0, 0)).save(out, kind, icc_profile=a_profile())
    red, green, blue = opened(out.getvalue(), at_least=64).tobytes()[:3]
    assert (red < 60, green < 60, blue > 200) == (True, True, True)


@pytest.mark.parametrize("profile", [b"none", b"none" * 2_000_000, a_profile(swapped=False)[:-200], b""])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_profile_that_says_nothing_of_it_changes_nothing(mode: str, profile: bytes) -> None:
    plain, told = io.BytesIO(), io.BytesIO()
    picture = Image.new(mode, (16, 16), 90 if mode == "L" else None)
    picture.save(plain, "JPEG")
    picture.save(told, "JPEG", icc_profile=profile)
    seen = opened(told.getvalue(), at_least=64)
    assert (seen.mode, seen.getpixel((8, 8))) == ("RGB", opened(plain.getvalue(), at_least=64).getpixel((8, 8)))


@pytest.mark.parametrize(("grey", "shown"), [(0, 0), (0x8000, 0x80), (0xFFFF, 0xFF)])
def test_greys_of_16_bits_are_greys(grey: int, shown: int) -> None:
    out = io.BytesIO()
    Image.new("I;16", (16, 16), grey).save(out, "PNG")
    assert opened(out.getvalue(), at_least=64).getpixel((8, 8)) == (shown,) * 3


def test_more_pixels_than_we_unpack_are_refused_before_they_are() -> None:
    side = 7100
    assert side * side > MAX_PIXELS
    with pytest.raises(PictureError, match="picture_too_large"):
        opened(a_picture("PNG", (side, side), mode="1"), at_least=64)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "picture_type_unknown"),
        (b"<svg/>", "picture_type_unknown"),
        (a_picture("GIF"), "picture_type_unknown"),
        (a_picture("JPEG", (600, 400))[:300], "picture_broken"),
        (a_picture("PNG", (600, 400), mode="RGB")[:200], "picture_broken"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "picture_is_heic"),
    ],
)
def test_what_cannot_be_shown_says_why(sent: bytes, code: str) -> None:
    with pytest.raises(PictureError, match=code):
        opened(sent, at_least=64)
