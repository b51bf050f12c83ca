"""Times as people read them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_skeleton, format_time, get_date_format


def in_words(moment: datetime, zone: str, locale: str = "en_GB") -> str:
    """Write a moment in full with its zone.

    Examples
    --------
    >>> in_words(datetime(2027, 3, 9, 22, 59, 59, tzinfo=UTC), "Europe/Amsterdam")
    'Tuesday 9 March 2027, 23:59 (Amsterdam time)'
    """
    day_and_time = format_datetime(moment, f"{_full(locale)}, HH:mm", tzinfo=ZoneInfo(zone), locale=locale)
    return f"{day_and_time} ({zone_in_words(zone, locale)})"


def day_in_words(day: date, locale: str = "en_GB") -> str:
    """Write a day in full.

    Examples
    --------
    >>> day_in_words(date(2027, 3, 9)), day_in_words(date(2027, 3, 9), "de"), day_in_words(date(2027, 3, 9), "es")
    ('Tuesday 9 March 2027', 'Dienstag, 9. März 2027', 'martes, 9 de marzo de 2027')
    """
    return format_date(day, _full(locale), locale=locale)


def _full(locale: str) -> str:
    """How a language writes a day in full; English without a comma."""
    return "EEEE d MMMM y" if locale.startswith("en") else str(get_date_format("full", locale).pattern)


def short_day(day: date, locale: str = "en_GB") -> str:
    """Write a day in short.

    Examples
    --------
    >>> short_day(date(2027, 3, 9)), short_day(date(2027, 3, 9), "nl"), short_day(date(2027, 3, 9), "de")
    ('9 Mar 2027', '9 mrt 2027', '09.03.2027')
    """
    return format_date(day, "medium", locale=locale)


def span(first: date, last: date, locale: str = "en_GB") -> str:
    """Write the days from one to another in short.

    Examples
    --------
    >>> span(date(2027, 3, 9), date(2027, 3, 30)), span(date(2027, 3, 9), date(2027, 3, 9))
    ('9–30 Mar 2027', '9 Mar 2027')
    """
    return format_interval(first, last, "yMMMd", locale=locale)


def short_moment(moment: datetime, zone: str, locale: str = "en_GB") -> str:
    """Write a moment in short, as lists of moments do.

    Examples
    --------
    >>> short_moment(datetime(2027, 3, 9, 8, 0, tzinfo=UTC), "Europe/Amsterdam")
    'Tue 9 Mar, 09:00'
    """
    local = moment.astimezone(ZoneInfo(zone))
    day, hour = format_skeleton("MMMEd", local, locale=locale), format_time(local, "HH:mm", locale=locale)
    return str(Locale.parse(locale).datetime_formats["short"]).format(hour, day)


def locale_of(language: str) -> str:
    """Name the locale whose rules a language follows here: English and Portuguese are those of Europe."""
    return {"en": "en_GB", "pt": "pt_PT"}.get(language, language.partition("-")[0])


def zone_in_words(zone: str, locale: str = "en_GB") -> str:
    """Name a zone by its city, as the language does.

    Examples
    --------
    >>> zone_in_words("Europe/Amsterdam"), zone_in_words("Europe/Amsterdam", "nl")
    ('Amsterdam time', 'tijd in Amsterdam')
    """
    if "/" not in zone:
        return zone
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city} time" if locale.startswith("en") else str(Locale.parse(locale).zone_formats["region"] % city)


def end_of_day(day: datetime, zone: str, *, days: int = 0) -> datetime:
    """The last second of a day, some days ahead, as the study's zone counts days."""
    local = day.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return datetime.combine(local, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
