"""What a file is, by its first bytes: never by its name or by what its sender calls it."""

from __future__ import annotations

HEAD = 4096  # bytes that are looked at
PICTURES = {  # by what each begins with
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
}
OTHERS = {  # what is refused by its name
    b"BM": "a BMP picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"8BPS": "a Photoshop picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an XZ archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\x7fELF": "a program",
    b"MZ": "a Windows program",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a file of an older Microsoft Office",
    b"{\\rtf": "an RTF document",
    b"ID3": "a sound recording",
    b"OggS": "a sound recording",
    b"fLaC": "a sound recording",
    b"\x1aE\xdf\xa3": "a video",
    b"SQLite format 3\0": "an SQLite database",
}
BRANDS = {b"hei": "a HEIC picture", b"mif": "a HEIC picture", b"avi": "an AVIF picture"}
RIFF = {b"WEBP": "", b"WAVE": "a sound recording", b"AVI ": "a video"}


def picture_of(head: bytes) -> str | None:
    """Which kind of picture it is, in Pillow's words; None for anything that cannot be taken as one."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in PICTURES.items() if head.startswith(start)), None)


def is_pdf(head: bytes) -> bool:
    """Whether it is a PDF."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")


def is_zip(head: bytes) -> bool:
    """Whether it is a ZIP archive, as documents of today's Word are."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def other_of(head: bytes) -> str | None:
    """What it is in words, where that is known and cannot be used."""
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:11], "a video")
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    known = next((name for start, name in OTHERS.items() if head.startswith(start)), None)
    is_word = known is not None and head[:2] in (b"BM", b"MZ", b"BZ", b"ID") and b"\0" not in head
    return None if is_word else known  # a text may begin with two such letters
