"""Rules of accessibility, asked of a page in the browser."""

from functools import cache
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


# WCAG 2.2 AA and axe's best practices; what a rule finds is mended, never switched off.
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message || '')).slice(0, 3).join(' | ')}`)"""


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    page.evaluate(axe())
    return page.evaluate(RUN)
