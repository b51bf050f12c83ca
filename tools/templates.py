"""Check what the formatter of templates leaves open: `make lint`.

djangofmt lays templates out; this says where one is too long, where two elements share a line, where white space that
Jinja takes away would join two attributes, where an address is cut instead of asked for, and where a number, a share, a
list or a day is not written as the language of the page does.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("templates", "exports/formats")
WIDTH, LENGTH = 120, 120
BLOCKS = (
    "address|article|aside|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|legend|li|"
    "main|nav|ol|option|p|pre|section|select|summary|table|tbody|td|textarea|th|thead|tr|ul"
)
OPENING = re.compile(rf"<(?:{BLOCKS})(?=[\s>])")
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
CUT = re.compile(r"url_for\([^\n]*?\)\s*\[|\|\s*(?:truncate|replace)[^\n]*url_for")
PLAIN = (
    (
        re.compile(r"%[+.\d]*[efgd][\"']\s*\|\s*format"),
        "a number is written as Python does; use number, per_cent or percent",
    ),
    (
        re.compile(r"(?:\}\}|&nbsp;|\d|%\(\w+\)s) ?%{1,2}(?![\w(%}])"),
        "a per cent sign is written here; per_cent writes it as languages do",
    ),
    (re.compile(r"""join\((["']), \1\)"""), "words are joined by commas; use listed or either"),
    (re.compile(r"isoformat|strftime"), "a day is written for machines; use day, short_day or when"),
)
ATTRIBUTE = re.compile(r"""[\w:-]+="(?:\{\{.*?\}\}|[^"{])*"|value=[^=\n]*$|%\.4g""")
HANGING = re.compile(r"\S.*\{[{%]-?$")


def in_tags(text: str) -> str:
    """Leave what stands between the brackets of elements, with Jinja's own tags; blank what stands outside them."""
    masked = JINJA.sub(lambda found: "".join(" " if sign != "\n" else sign for sign in found[0]), text)
    inside, kept = False, []
    for sign, shown in zip(text, masked, strict=True):
        inside = (inside or shown == "<") and shown != ">"
        kept.append(sign if inside or sign == "\n" else " ")
    return "".join(kept)


def faults(text: str, *, html: bool = True) -> Iterator[tuple[int, str]]:
    """Yield the lines of a template that a person should not have to read, each with the reason."""
    lines = text.splitlines()
    if len(lines) > LENGTH:
        yield LENGTH + 1, f"the template has {len(lines)} lines; take a part into a template of its own"
    for number, line in enumerate(lines, 1):
        if len(line) > WIDTH:
            yield number, f"the line has {len(line)} characters"
        if len(OPENING.findall(line)) > 1:
            yield number, "more than one element begins on this line"
        if html and HANGING.match(line):
            yield number, "an expression begins at the end of a line; begin it on a line of its own"
        if CUT.search(line):
            yield number, "an address is cut; ask url_for for the whole one"
        yield from ((number, reason) for fault, reason in PLAIN if fault.search(ATTRIBUTE.sub("", line)))
    for number, (line, after) in enumerate(_pairs(in_tags(text)), 1):
        if line.rstrip().endswith("%}") and after.lstrip().startswith("{%") and "endif" in line:
            yield number, 'these attributes grow together when printed; write {{ "checked" if … }} or xmlattr'
        if "{%-" in line or "-%}" in line:
            yield number, "white space between attributes is needed; take the minus away"


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    return zip(lines, [*lines[1:], ""], strict=True)


def main() -> int:
    """Print the faults of all templates."""
    paths = [
        path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.suffix in {".html", ".txt"}
    ]
    said = [(path, *fault) for path in paths for fault in faults(path.read_text(), html=path.suffix == ".html")]
    for path, number, reason in said:
        print(f"{path.relative_to(ROOT)}:{number}: {reason}")
    print(f"{len(paths)} templates, {len(said)} faults")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
