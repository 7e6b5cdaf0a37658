"""Pictures in any mode that Pillow reads → 8 bits per channel, upright, in a colour space that browsers support."""

from __future__ import annotations

import io
from typing import Any

#: Modes with more than 8 bits per channel; Pillow would clip their values instead of scaling them.
_DEEP = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N"})
_DEEPEST = 65535


def profile_space(profile: bytes | None) -> bytes:
    """Return the colour space of an ICC profile, such as `RGB`, `GRAY` or `CMYK`; empty if it is not a profile."""
    is_profile = profile is not None and len(profile) > 128 and profile[36:40] == b"acsp"
    return profile[16:20].strip() if profile is not None and is_profile else b""


def as_shown(opened: Any) -> tuple[Any, bytes | None]:
    """Return a picture in mode L, LA, RGB or RGBA, and its colour profile; None for sRGB.

    An RGB profile is kept with the pixels. With any other profile, the pixels are converted to sRGB, which needs no
    profile on the web, because AVIF and WebP support only RGB.
    """
    from PIL import ImageOps

    profile, gamma = opened.info.get("icc_profile"), _gamma(opened)
    picture = ImageOps.exif_transpose(opened)
    picture, alpha = apart(picture, opened.info.get("transparency"))
    space = profile_space(profile)
    if space == {"L": b"GRAY", "CMYK": b"CMYK"}.get(picture.mode):
        picture = _to_srgb(picture, profile)
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    if gamma is not None and not space:
        picture = picture.point(_curve(gamma) * len(picture.getbands()))
    if alpha is not None:
        picture.putalpha(alpha)
    return picture, profile if space == b"RGB" and picture.mode in ("RGB", "RGBA") else None


def apart(picture: Any, key: Any) -> tuple[Any, Any]:
    """Return a picture with 8 bits per channel, and its alpha channel in mode L; None if it is opaque."""
    if picture.mode in _DEEP:
        return _shallow(picture), _key_of_deep(picture, key)
    if picture.mode == "1":
        picture = picture.convert("L")
        key = 255 if key else key
    if key is not None or "A" in picture.mode or "a" in picture.mode:
        whole = picture.convert("RGBA")
        is_grey = picture.mode in ("L", "LA", "La")
        return picture.convert("L") if is_grey else whole.convert("RGB"), whole.getchannel("A")
    return (picture.convert("RGB") if picture.mode == "P" else picture), None


def _shallow(picture: Any) -> Any:
    return picture.convert("I").point(lambda value: value * (255 / _DEEPEST) + 0.5).convert("L")


def _key_of_deep(picture: Any, key: Any) -> Any:
    if not isinstance(key, int):
        return None
    from PIL import ImageMath

    return ImageMath.lambda_eval(lambda of: of["convert"]((of["deep"] != key) * 255, "L"), deep=picture.convert("I"))


def _to_srgb(picture: Any, profile: bytes | None) -> Any:
    """Convert the pixels to sRGB; leave them unchanged if the profile is unusable."""
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture


def _gamma(opened: Any) -> float | None:
    """Return the gamma of a PNG that sets its own and is not in sRGB; otherwise None."""
    gamma = opened.info.get("gamma")
    is_own = gamma and "srgb" not in opened.info and "chromaticity" in opened.info and abs(gamma - 1 / 2.2) > 0.01
    return float(gamma) if is_own else None


def _curve(gamma: float) -> list[int]:
    """Return a table that maps each level of a channel with another gamma to its level in sRGB."""
    linear = ((level / 255) ** (1 / gamma) for level in range(256))
    return [round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)) for v in linear]
