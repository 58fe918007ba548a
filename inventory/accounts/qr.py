"""A QR code as a picture that a page may hold: its policy allows `data:` for images alone."""

import segno


def picture_of(text: str) -> str:
    """`data:` address of an SVG: dark on white with the quiet zone of four modules that cameras
    need (ISO/IEC 18004, 5.3.8), whatever the theme of the page. Raises `ValueError` (too long)."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4, light="white")
