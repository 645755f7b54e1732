"""What a file is by its first bytes. Its name and what its sender says of it mean nothing."""

from media.images.model import AVIF, GIF, HEIC, JPEG, PNG, WEBP

AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
LONGEST_BRANDS = 256


def sniff(content: bytes) -> str | None:
    """The kind of picture; None for everything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return _by_brands(content)
    return None


def _by_brands(content: bytes) -> str | None:
    """ISO base media: the major brand and the compatible ones tell pictures from films."""
    length = min(int.from_bytes(content[:4]), LONGEST_BRANDS, len(content))
    major = content[8:12]
    brands = {major, *(content[at : at + 4] for at in range(16, length - 3, 4))}
    if major not in AVIF_BRANDS | HEIC_BRANDS:
        return None
    return AVIF if brands & AVIF_BRANDS else HEIC
