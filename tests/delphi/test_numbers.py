"""Numbers, shares, days and lists stand on pages as their language writes them; journals keep their own style."""

from datetime import date

import pytest

from delphi import dates, numbers

NBSP = "\N{NO-BREAK SPACE}"
WRITTEN = {
    "en": ("1.5", "−0.25", "77%", "<1%", "A, B and C", "9 Mar 2027"),
    "nl": ("1,5", "−0,25", "77%", "<1%", "A, B en C", "9 mrt 2027"),
    "de": ("1,5", "−0,25", f"77{NBSP}%", f"<1{NBSP}%", "A, B und C", "09.03.2027"),
    "pl": ("1,5", "−0,25", "77%", "<1%", "A, B i C", "9 mar 2027"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_a_language_writes_numbers_shares_lists_and_days_its_way(language):
    rules = dates.locale_of(language)
    assert WRITTEN[language] == (
        numbers.number(1.5, rules),
        numbers.number(-0.25, rules),
        numbers.share(10, 13, rules),
        numbers.share(1, 1000, rules),
        numbers.listed(["A", "B", "C"], rules),
        dates.short_day(date(2027, 3, 9), rules),
    )


@pytest.mark.parametrize(
    ("value", "wanted", "options"),
    [
        (2.125, "2.13", {}),
        (2.0, "2", {}),
        (2.0, "2.00", {"fixed": True}),
        (-0.001, "0", {}),
        (12.5, "+13", {"decimals": 0, "signed": True}),
        (-12.5, "−13", {"decimals": 0, "signed": True}),
        (0.2, "0", {"decimals": 0, "signed": True}),
        (4000.0, "4,000", {}),
    ],
)
def test_a_number_is_rounded_half_up_and_never_minus_nothing(value, wanted, options):
    assert numbers.number(value, **options) == wanted


@pytest.mark.parametrize("shown", ["", "–", "many"])
def test_what_is_no_percentage_gets_no_sign(shown):
    assert numbers.per_cent(shown) == shown


def test_templates_write_in_the_language_of_the_page(app):
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        text = app.jinja_env.from_string("{{ 2.5|number }} {{ percent(2, 3) }} {{ '66.7'|per_cent }}").render()
    assert text == "2,5 67% 66,7%"
