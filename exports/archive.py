"""The archive itself: written the same way for the same content, read with distrust."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from delphi.errors import Refused
from delphi.sheets.archives import ArchiveLimits, checked_members
from delphi.sheets.errors import SheetError
from exports.whole import whole

MANIFEST, SIGNATURE, SUMS = "MANIFEST.json", "SIGNATURE.json", "MANIFEST.sha256"
MEGABYTE = 2**20
LIMITS = ArchiveLimits(members=500, member=256 * MEGABYTE, together=512 * MEGABYTE)
LARGEST, LARGEST_JSON = 128 * MEGABYTE, 32 * MEGABYTE
NAME = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.[A-Za-z0-9]+")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date an archive can say, so that the content alone decides its bytes
CHUNK = 2**16
Tell = Callable[[str], None]


def nobody(_progress: str) -> None:
    """Tell of no progress."""


def json_text(content: Any) -> str:
    """Write JSON the one way in which it stands in archives."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"


class BadBundle(Refused):
    """A file is no bundle, or not as its manifest says."""

    @classmethod
    def of(cls, problems: Iterable[str]) -> "BadBundle":
        """Name every problem on a line of its own."""
        return cls("\n".join(problems))


class _Hashing(io.RawIOBase):
    """A file that counts and hashes what is written to it."""

    def __init__(self, target: Any) -> None:
        self.target, self.size, self.sha256 = target, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        self.sha256.update(data)
        return int(self.target.write(data))


class Writer:
    """A bundle being written: files in the given order, their hashes kept for the manifest."""

    def __init__(self, target: Path | BinaryIO, tell: Tell = nobody) -> None:
        self.archive = zipfile.ZipFile(target, "w")
        self.tell = tell
        self.files: dict[str, dict[str, Any]] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Open one file of the archive for bytes."""
        self.tell(name)
        entry = zipfile.ZipInfo(name, EPOCH)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
        with self.archive.open(entry, "w") as target:
            hashing = _Hashing(target)
            stream = cast("BinaryIO", io.BufferedWriter(hashing, CHUNK))
            yield stream
            stream.flush()
        self.files[name] = {"bytes": hashing.size, "sha256": hashing.sha256.hexdigest()}

    @contextmanager
    def text(self, name: str) -> Iterator[TextIO]:
        """Open one file of the archive for text."""
        with self.file(name) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
            yield text
            text.flush()
            text.detach()

    def put(self, name: str, content: bytes | str) -> None:
        """Write one file."""
        with self.file(name) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)

    def json(self, name: str, content: Any) -> None:
        """Write one file of JSON."""
        self.put(name, json_text(content))

    def close(self, manifest: dict[str, Any], sign: Callable[[bytes], str] | None = None) -> None:
        """Write the manifest, its signature, and the sums that `sha256sum -c` reads."""
        listing = json_text(manifest | {"files": dict(self.files)}).encode()
        self.put(MANIFEST, listing)
        if sign is not None:
            self.put(SIGNATURE, sign(listing))
        self.put(SUMS, "".join(f"{facts['sha256']}  {name}\n" for name, facts in self.files.items()))
        self.archive.close()


@contextmanager
def writing(target: Path | BinaryIO, tell: Tell = nobody) -> Iterator[Writer]:
    """Write a bundle beside its place and move it there when it is whole: no half file is ever seen. Or into a stream."""
    with whole(target) if isinstance(target, Path) else nullcontext(target) as half:
        writer = Writer(half, tell)
        with writer.archive:
            yield writer


@dataclass(frozen=True)
class Bundle:
    """An archive whose every file is as its manifest says."""

    archive: zipfile.ZipFile
    sha256: str

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the bundle says of itself."""
        manifest: dict[str, Any] = self.json(MANIFEST)
        return manifest

    def json(self, name: str) -> Any:
        """Read a file of JSON; a value that repeats a key is refused."""
        if self.archive.getinfo(name).file_size > LARGEST_JSON:
            raise BadBundle("%(name)s is too large.", name=name)
        try:
            return json.loads(self.archive.read(name), object_pairs_hook=_once, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise BadBundle("%(name)s cannot be read.", name=name) from None

    @contextmanager
    def text(self, name: str) -> Iterator[TextIO]:
        """Open a file for reading, line by line."""
        with self.archive.open(name) as stream:
            yield io.TextIOWrapper(stream, encoding="utf-8", newline="")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _no_constant(word: str) -> None:
    raise ValueError(word)


@contextmanager
def reading(path: Path) -> Iterator[Bundle]:
    """Open a bundle after every hash was compared.

    Raises
    ------
    BadBundle
        With every problem, each naming its file.
    """
    bundle = _opened(path)
    with bundle.archive:
        if problems := _differences(bundle):
            raise BadBundle.of(problems)
        yield bundle


def _opened(path: Path) -> Bundle:
    """Look at the directory of the archive before anything is unpacked."""
    if path.stat().st_size > LARGEST:
        raise BadBundle("The file is larger than %(n)s MB; it was not opened.", n=LARGEST // MEGABYTE)
    data = path.read_bytes()
    try:
        names = checked_members(data, LIMITS)
    except SheetError as error:
        raise BadBundle("This is no bundle: %(problem)s.", problem=error.errors[0].message) from None
    if MANIFEST not in names or SUMS not in names:
        raise BadBundle("This is no bundle: it has no manifest.")
    problems = [f"“{name[:80]}” is no name of a file of a bundle" for name in names if not NAME.fullmatch(name)]
    problems += [f"{name} stands in the archive twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise BadBundle.of(problems)
    return Bundle(zipfile.ZipFile(io.BytesIO(data)), hashlib.sha256(data).hexdigest())


def _differences(bundle: Bundle) -> list[str]:
    """Compare every file with the manifest and with the sums."""
    digests = {name: _digest(bundle.archive, name) for name in bundle.archive.namelist()}
    problems = [f"{name} is damaged" for name, digest in digests.items() if digest is None]
    if problems:
        return problems
    listed = bundle.manifest.get("files")
    if not isinstance(listed, dict):
        return [f"{MANIFEST} lists no files"]
    listed_digests = {name: entry.get("sha256") if isinstance(entry, dict) else None for name, entry in listed.items()}
    sums = dict(
        line.split("  ", 1)[::-1]
        for line in bundle.archive.read(SUMS).decode(errors="replace").splitlines()
        if "  " in line
    )
    summed = {name: digest for name, digest in digests.items() if name != SUMS}
    held = {name: digest for name, digest in summed.items() if name not in (MANIFEST, SIGNATURE)}
    return _unequal(listed_digests, held, MANIFEST) + _unequal(sums, summed, SUMS)


def _unequal(listed: dict[str, Any], held: dict[str, str | None], source: str) -> list[str]:
    return [
        *(f"{name} is missing, and {source} lists it" for name in listed if name not in held),
        *(f"{name} is not listed in {source}" for name in held if name not in listed),
        *(f"{name} is not as {source} says" for name in held if name in listed and listed[name] != held[name]),
    ]


def _digest(archive: zipfile.ZipFile, name: str) -> str | None:
    """Hash a file of the archive piece by piece; None if it cannot be unpacked."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        return None
    return digest.hexdigest()
