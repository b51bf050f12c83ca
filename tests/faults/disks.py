"""Disks that can be filled, and a library that makes a program's disk slow or broken while a file says so."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def compiled(name: str, home: Path) -> str:
    """Make a library of a source beside this, for a program to load first; its path."""
    library = home / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], check=True)
    return str(library)


class FaultyDisk:
    """What a program has to be given so that its disk can fail, and the switch."""

    def __init__(self, folder: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="delphi-disk-"))  # not in `folder`, which may be one that fails
        self.home.chmod(0o755)
        self._switch = self.home / "fault"
        self.environment = {
            "LD_PRELOAD": compiled("disk", self.home),
            "DISK_FAULT": str(self._switch),
            "DISK_FOLDER": str(folder),
        }

    def remove(self) -> None:
        shutil.rmtree(self.home)

    @contextmanager
    def fault(self, kind: str, number: int) -> Iterator[None]:
        """Let the disk be slow by so many milliseconds, or fail with an error of this number."""
        self._switch.write_text(f"{kind} {number}")
        try:
            yield
        finally:
            self._switch.unlink()


class SmallDisk:
    """A file system in memory of its own size; making one needs the rights of root."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "delphi-faults", folder], check=True)

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no room."""
        ballast = self.folder / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        try:
            yield
        finally:
            ballast.unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", self.folder], check=True)
        self.folder.rmdir()
