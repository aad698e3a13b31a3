"""Pictures are made anew: what the pixels show is kept, and nothing else that was in the file."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from thinkback.attachments.reading.found import PIXELS_MOST, SIDE_MOST, Found, Unusable

SMALL_SIDE = 480  # pixels of the longer side of a thumbnail
BYTES_MOST = 3_500_000  # of a picture as it is kept: the least that any provider takes
TRIES = 6
OPTIONS: dict[str, dict[str, Any]] = {"PNG": {}, "JPEG": {"quality": 90}, "WEBP": {"quality": 90}}
Image.MAX_IMAGE_PIXELS = None  # the size is looked at before anything is unpacked, by ourselves


def read(given: Path, kind: str, made: Path, small: Path) -> Found:
    """Write the picture and its thumbnail anew. Raises Unusable. Of moving pictures the first is taken."""
    try:
        with Image.open(given, formats=(kind,)) as opened:
            _check(opened.size)
            opened.draft("RGB", (SIDE_MOST, SIDE_MOST))  # a huge JPEG is made smaller while it is unpacked
            image = _upright(opened)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError) as error:
        raise Unusable("damaged", "picture") from error
    image.thumbnail((SIDE_MOST, SIDE_MOST), Image.Resampling.LANCZOS)
    data, media_type = _within(image, "PNG" if kind == "GIF" else kind)
    made.write_bytes(data)
    little = image.copy()
    little.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    little.save(small, "WEBP", quality=80)
    return Found("image", media_type, width=image.width, height=image.height)


def _check(size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXELS_MOST:
        raise Unusable("too_many_pixels")


def _upright(opened: Image.Image) -> Image.Image:
    """Its pixels as a camera held it, in the colours of screens, without a palette."""
    opened.load()
    image = ImageOps.exif_transpose(opened)
    profile = opened.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _in_srgb(image, profile)
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L", "F") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as screens show them; where the profile makes no sense, as they stand."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        if converted is not None:
            return converted
    return image


def _within(image: Image.Image, kind: str) -> tuple[bytes, str]:
    """The picture as a file that every provider takes: if need be as WebP, then smaller and smaller."""
    data = _encoded(image, kind)
    for _ in range(TRIES):
        if len(data) <= BYTES_MOST:
            break
        if kind == "WEBP":
            image.thumbnail((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)
        kind = "WEBP"
        data = _encoded(image, kind)
    return data, f"image/{kind.lower()}"


def _encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    bare = Image.new(image.mode, image.size)  # nothing comes along that was beside the pixels
    bare.paste(image)
    (bare.convert("RGB") if kind == "JPEG" and bare.mode == "RGBA" else bare).save(buffer, kind, **OPTIONS[kind])
    return buffer.getvalue()
