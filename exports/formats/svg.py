"""SVG: the figure as it is."""

from typing import BinaryIO

from exports.tables.document import Exhibit, Figure


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write the picture; its alternative text stands inside."""
    if not isinstance(exhibit, Figure):
        raise TypeError("only a figure has a picture")
    stream.write(exhibit.svg.encode())
