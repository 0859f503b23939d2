"""A font with Chinese characters, for pictures that the tests draw: an installed one, or Debian's, unpacked."""

from __future__ import annotations

from pathlib import Path

from scripts.services import debian
from scripts.services.machine import locked
from scripts.services.server import PROGRAMS, ServiceError

INSTALLED = Path("/usr/share/fonts")
UNPACKED = PROGRAMS / "fonts"
PACKAGE = "fonts-wqy-microhei"
ADVICE = f"install a font with Chinese characters (Debian: apt-get install {PACKAGE})"
_NAMES = ("wqy-microhei.ttc", "wqy-zenhei.ttc", "NotoSansCJK-Regular.ttc", "NotoSansMonoCJKsc-Regular.otf")


def chinese() -> list[Path]:
    """Return the files of fonts with Chinese characters that are here; none where none was fetched."""
    return [path for name in _NAMES for folder in (INSTALLED, UNPACKED) for path in sorted(folder.rglob(name))]


def program() -> Path:
    """Return the file of a font; ServiceError where none was fetched."""
    if found := chinese():
        return found[0]
    message = "no font with Chinese characters is here: run `make services`"
    raise ServiceError(message)


def fetch() -> bool:
    """Unpack Debian's font into the services' folder; False where there is one already."""
    with locked(PROGRAMS / "fonts.lock"):
        if chinese():
            return False
        debian.unpack(PACKAGE, UNPACKED, ADVICE)
    return True
