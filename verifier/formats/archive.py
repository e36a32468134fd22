"""Reading a zip archive that a stranger made: bounded in entries, sizes and ratio, and nothing outside its own tree.

Nothing is ever unpacked to disk; entries are read into memory one at a time, and never beyond the size they declare.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

from verifier.formats.problems import ImportFormatError

MAX_ARCHIVE_BYTES: Final = 512 * 1024 * 1024
MAX_ENTRIES: Final = 200_000
MAX_ENTRY_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 4 * 1024 * 1024 * 1024
MAX_RATIO: Final = 200
"""Uncompressed to compressed, of one entry; JSON text stays below 100."""
RATIO_FROM_BYTES: Final = 64 * 1024
"""Entries below this size may have any ratio: a short run of one letter is no bomb."""
_ENCRYPTED: Final = 0x1


class ArchiveError(ImportFormatError):
    """An archive that is refused: not a zip, too large, a bomb, or with paths that leave it."""

    code = "ARCHIVE_REFUSED"


class Archive:
    """A checked zip archive, its files listed below their common top folder.  A context manager."""

    def __init__(self, path: Path) -> None:
        """Open and check the central directory; raises :class:`ArchiveError` or ``OSError``."""
        size = path.stat().st_size
        if size > MAX_ARCHIVE_BYTES:
            raise ArchiveError(f"{size} bytes", remedy=f"at most {MAX_ARCHIVE_BYTES} bytes")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError) as error:
            raise ArchiveError(f"{path.name} is no zip archive: {error}", remedy="export the database again") from None
        try:
            self._entries = _checked(self._zip.infolist())
        except ArchiveError:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self, folder: str) -> list[str]:
        """Return the JSON files of a folder (``"processes"``), sorted; empty when there is no such folder."""
        return sorted(name for name in self._entries if name.startswith(folder + "/") and name.endswith(".json"))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; raises :class:`ArchiveError` when they are damaged or more than declared."""
        info = self._entries[name]
        try:
            with self._zip.open(info) as handle:
                data = handle.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise ArchiveError(f"{name} is damaged: {error}", remedy="export the database again") from None
        if len(data) != info.file_size:
            raise ArchiveError(
                f"{name} has {len(data)} bytes or more, {info.file_size} declared", remedy="do not trust it"
            )
        return data


def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Check every entry and return the files by their path below the common top folder."""
    if len(infos) > MAX_ENTRIES:
        raise ArchiveError(f"{len(infos)} entries", remedy=f"at most {MAX_ENTRIES}")
    if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise ArchiveError("the files are too large together", remedy=f"at most {MAX_TOTAL_BYTES} bytes")
    files: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        _check_entry(info)
        if not info.is_dir():
            if info.filename in files:
                raise ArchiveError(f"{info.filename!r} stands twice", remedy="export the database again")
            files[info.filename] = info
    return _below_top(files)


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.filename
    path = PurePosixPath(name)
    if "\\" in name or "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts or not name:
        raise ArchiveError(f"entry {name[:120]!r} leaves the archive", remedy="do not trust it")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(f"entry {name[:120]!r} is a link", remedy="do not trust it")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"entry {name[:120]!r} is encrypted", remedy="export without a password")
    if info.file_size > MAX_ENTRY_BYTES:
        raise ArchiveError(f"entry {name[:120]!r} has {info.file_size} bytes", remedy=f"at most {MAX_ENTRY_BYTES}")
    if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise ArchiveError(f"entry {name[:120]!r} unpacks more than {MAX_RATIO} times", remedy="do not trust it")


def _below_top(files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Strip the top folder where all files share one and `processes/` lies inside it."""
    tops = {name.partition("/")[0] for name in files if "/" in name}
    if len(tops) != 1 or any("/" not in name for name in files):
        return files
    (top,) = tops
    if top == "processes":
        return files
    return {name[len(top) + 1 :]: info for name, info in files.items()}
