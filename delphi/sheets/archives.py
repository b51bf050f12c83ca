"""Looking into a zip archive before anything unpacks it: a small file can hold a very large one."""

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from delphi.sheets.errors import SheetError
from delphi.sheets.reading import MEGABYTE

NESTED = (".zip", ".xlsx", ".xlsm", ".ods", ".docx", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar")


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold."""

    members: int = 200
    member: int = 20 * MEGABYTE
    together: int = 50 * MEGABYTE


def checked_members(data: bytes, limits: ArchiveLimits | None = None) -> list[str]:
    """Return the names in an archive, read from its directory alone.

    Raises
    ------
    SheetError
        It is no archive, too large when unpacked, or holds what no office file holds.
    """
    bounds = limits or ArchiveLimits()
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise SheetError.at(1, "", "the file is damaged") from None
    if len(members) > bounds.members or sum(member.file_size for member in members) > bounds.together:
        raise SheetError.at(1, "", "the file is too large when unpacked")
    for member in members:
        _check(member, bounds)
    return [member.filename for member in members]


def _check(member: zipfile.ZipInfo, bounds: ArchiveLimits) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if member.file_size > bounds.member:
        raise SheetError.at(1, "", "the file is too large when unpacked")
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise SheetError.at(1, "", "the file holds a path that leads outside it")
    if path.suffix.lower() in NESTED or stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 1:
        raise SheetError.at(1, "", "the file holds an archive, a link or an encrypted part")
