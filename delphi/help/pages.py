"""The handbook below /help: static pages, with a content security policy that names their few inline scripts by hash."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from delphi.help.chapters import chapter_of
from delphi.web.policy import OPEN, policy

SITE = Path(__file__).parent / "site"
INLINE = re.compile(r"<script>(.+?)</script>", re.DOTALL)
# Styles within the page are the theme's own: alignment of cells, icons. No page here holds anything of a study.
POLICY = (
    "default-src 'none'; script-src 'self' {hashes}; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
blueprint = Blueprint("help", __name__, url_prefix="/help")
Page = AnyResponse | tuple[str, int]


@blueprint.get("", endpoint="start")
@blueprint.get("/", endpoint="start")
@policy(OPEN)
def start() -> Page:
    """Lead on to the first page."""
    return redirect(url_for("help.page", name="index.html"), 303)


@blueprint.get("/<path:name>")
@policy(OPEN)
def page(name: str) -> Page:
    """Show a page, or what belongs to one."""
    if not is_built():
        return render_template("help/not_built.html"), 404
    answer: Response = send_from_directory(SITE, name)
    if answer.mimetype == "text/html":
        answer.direct_passthrough = False
        answer.headers["Content-Security-Policy"] = POLICY.format(hashes=_hashes(SITE / name))
    return answer


@cache
def _hashes(path: Path) -> str:
    scripts = INLINE.findall(path.read_text(encoding="utf-8"))
    digests = sorted({b64encode(sha256(script.encode()).digest()).decode() for script in scripts})
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def is_built() -> bool:
    """Whether the handbook was built here; what is installed from a wheel has it."""
    return (SITE / "index.html").is_file()


@blueprint.app_context_processor
def help_of_page() -> dict[str, Any]:
    """For every template: where the chapter of this page is; nothing where the handbook was not built."""

    def help_here() -> str:
        if not is_built():
            return ""
        name, mark, part = chapter_of(request.endpoint).partition("#")
        return url_for("help.page", name=name) + mark + part

    return {"help_here": help_here}
