"""Pages, styles and scripts leave compressed; nothing else does: files for people are small or compressed already.

The length of a compressed page could tell of its secrets (BREACH): tokens differ from answer to answer
(`delphi.web.security`), and each compressed page carries a name of random length that browsers pass over.
"""

import gzip
import io
import secrets
from functools import lru_cache

from flask import Flask, Response, request

KINDS = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
SMALLEST = 500  # bytes; below that it would hardly be fewer packets
LONGEST_NAME = 64
PAGES, FILES = 5, 9  # levels: pages are compressed each time, files once


def init_app(app: Flask) -> None:
    """Compress what is sent. Registered before the edge, so that no transaction is open meanwhile."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in KINDS or _is_download(response):
            return response
        response.vary.add("Accept-Encoding")
        if not _can_be(response):
            return response
        data = _read(response)
        if len(data) >= SMALLEST:
            response.set_data(_file(data) if request.endpoint == "static" else _page(data))
            response.headers["Content-Encoding"] = "gzip"
            response.headers.pop("Accept-Ranges", None)
            if tag := response.get_etag()[0]:
                response.set_etag(tag, weak=True)
        return response


def _is_download(response: Response) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment")


def _can_be(response: Response) -> bool:
    """Whether this is a whole answer with a body, to a browser that reads gzip."""
    whole = response.status_code not in (204, 206, 304) and request.method != "HEAD"
    plain = "Content-Encoding" not in response.headers and request.accept_encodings.quality("gzip") > 0
    if request.endpoint != "static":
        return whole and plain and not response.is_streamed
    response.direct_passthrough = response.direct_passthrough and not (whole and plain)  # small enough to be read whole
    return whole and plain


def _read(response: Response) -> bytes:
    """The whole body; a file is closed at once, also where the browser hangs up before the answer has left."""
    body, data = response.response, response.get_data()
    if close := getattr(body, "close", None):
        close()
    return data


def _page(data: bytes) -> bytes:
    return _zipped(data, PAGES, "x" * secrets.randbelow(LONGEST_NAME))


@lru_cache(maxsize=32)
def _file(data: bytes) -> bytes:
    return _zipped(data, FILES, "")


def _zipped(data: bytes, level: int, name: str) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(name, "wb", level, out, mtime=0) as file:
        file.write(data)
    return out.getvalue()
