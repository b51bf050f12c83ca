"""The check of templates finds each fault it names, and the templates have none."""

import runpy
from pathlib import Path

import pytest

CHECK = runpy.run_path(str(Path(__file__).parents[3] / "tools" / "templates.py"))
GOOD = """{% extends "base.html" %}
<p class="field">
  <label for="a">{{ _("Name") }}</label>
  <input
    id="a"
    {{ "checked" if chosen }}
    {% if hint %}aria-describedby="a-hint"{% endif %}
    data-until="{{ round.closes_at.isoformat() }}"
  >
  <rect width="{{ '%.4g'|format(share) }}%" height="{{ 100 - y }}%" />
</p>
"""


def reasons(text, **of):
    return [reason.split()[:4] for _line, reason in CHECK["faults"](text, **of)]


def test_a_template_laid_out_well_has_no_fault():
    assert reasons(GOOD) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<p>" + "x" * 120 + "</p>", "the line has 127"),
        ('<td>{{ "%.2f"|format(x) }}</td>', "a number is written"),
        ("<td>{{ share }} %</td>", "a per cent sign"),
        ('{{ _("%(k)s %% agreed", k=k) }}', "a per cent sign"),
        ('<p>{{ names|join(", ") }}</p>', "words are joined by"),
        ("<p>{{ on.isoformat() }}</p>", "a day is written"),
        ("<p></p>\n" * 121, "the template has 121"),
        ("<ul><li>{{ one }}</li></ul>", "more than one element"),
        ("<p>{{ one }} {{", "an expression begins at"),
        ("{% set at = url_for('round.show', n=0)[:-1] %}", "an address is cut;"),
        ("<input\n{% if a %}checked{% endif %}\n{% if b %}disabled{% endif %}>", "these attributes grow together"),
        ('<input id="a"\n{%- if a %} checked{% endif %}>', "white space between attributes"),
    ],
)
def test_each_fault_of_a_template_is_named(text, reason):
    assert reasons(text) == [reason.split()]


def test_a_letter_may_begin_an_expression_late():
    assert reasons("{{ study.title }}: {{\n  _('done')\n}}", html=False) == []


def test_no_template_has_a_fault(capsys):
    assert CHECK["main"]() == 0, capsys.readouterr().out
