"""Calendar files (RFC 5545): one event a date; an event told again under its uid takes the place of the earlier one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from delphi.model.round import Round
from delphi.model.study import Study
from delphi.translations import LANGUAGES, N_, PSEUDO, translations

LINE = 75  # octets, without the line break
ALARM = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A date worth an entry: a moment, or a whole day. A later version has a higher ``sequence``."""

    uid: str
    title: str
    when: datetime | date
    sequence: int = 0
    text: str = ""
    url: str = ""
    alarm: timedelta | None = None  # before the end


def write(entries: Iterable[CalendarEntry], *, at: datetime) -> str:
    """Write a calendar file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Delphi//Study calendar//EN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"SEQUENCE:{entry.sequence}",
            f"DTSTAMP:{_utc(at)}",
            *_span(entry.when),
            f"SUMMARY:{_escaped(entry.title)}",
            *([f"DESCRIPTION:{_escaped(entry.text)}"] if entry.text else []),
            *([f"URL:{entry.url}"] if entry.url else []),
            "TRANSP:TRANSPARENT",
            *_alarm(entry),
            "END:VEVENT",
        ]
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _span(when: datetime | date) -> list[str]:
    """Write a day as it is, and a moment as the half hour that ends with it: it is read as a deadline."""
    if not isinstance(when, datetime):
        return [f"DTSTART;VALUE=DATE:{when:%Y%m%d}", f"DTEND;VALUE=DATE:{when + timedelta(days=1):%Y%m%d}"]
    return [f"DTSTART:{_utc(when - timedelta(minutes=30))}", f"DTEND:{_utc(when)}"]


def _alarm(entry: CalendarEntry) -> list[str]:
    """Write a reminder of the calendar, so many hours before the entry ends."""
    if entry.alarm is None:
        return []
    trigger = f"TRIGGER;RELATED=END:-PT{int(entry.alarm.total_seconds()) // 3600}H"
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(entry.title)}", trigger, "END:VALARM"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    r"""Write a text value.

    Examples
    --------
    >>> print(_escaped("Care; health, and more\nhere"))
    Care\; health\, and more\nhere
    """
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\r", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(sign for sign in text if sign >= " " or sign == "\t")


def _folded(line: str) -> Iterator[str]:
    """Cut a line into parts of at most 75 octets; no character is cut in two."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LINE:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + octets
    yield part


@dataclass(frozen=True, slots=True)
class Spoken:
    """In which language an entry is written, and what the study is called in it."""

    language: str
    title: str


CLOSES, OPEN_CLOSES = N_("%(title)s: round %(number)s closes"), N_("%(title)s: open round closes")
OPENS, OPEN_OPENS = N_("%(title)s: round %(number)s opens"), N_("%(title)s: open round opens")
HAS_LINK, BRINGS_LINK = (
    N_("Your link is in the mail of the study."),
    N_("You get a mail with your link when the round opens."),
)


def _titled(study: Study, round_: Round, of_round: str, of_open_round: str, spoken: Spoken | None) -> str:
    message, title = of_round if round_.number else of_open_round, spoken.title if spoken else study.title
    return _said(study, message, spoken) % {"title": title, "number": round_.number}


def _said(study: Study, message: str, spoken: Spoken | None) -> str:
    language = spoken.language if spoken else study.language
    return translations(language if language in LANGUAGES | PSEUDO else "en").gettext(message)


def closing(study: Study, round_: Round, host: str, spoken: Spoken | None = None, *, url: str = "") -> CalendarEntry:
    """The close of an open round; an extension makes a later version of the same entry.

    It leads to a page that opens for who is signed in: calendars are shared, so no personal link stands in one.
    """
    assert round_.opened_at is not None
    assert round_.closes_at is not None
    return CalendarEntry(
        uid=f"{study.slug}-round-{round_.number}-closes@{host}",
        title=_titled(study, round_, CLOSES, OPEN_CLOSES, spoken),
        when=round_.closes_at,
        # An extension only makes a round longer, so its length orders the versions of this entry.
        sequence=int((round_.closes_at - round_.opened_at).total_seconds()) // 60,
        text=_said(study, HAS_LINK, spoken),
        url=url,
        alarm=ALARM,
    )


def opening(study: Study, round_: Round, host: str, spoken: Spoken | None = None) -> CalendarEntry:
    """The day on which a round is planned to open."""
    assert round_.opens_on is not None
    return CalendarEntry(
        uid=f"{study.slug}-round-{round_.number}-opens@{host}",
        title=_titled(study, round_, OPENS, OPEN_OPENS, spoken),
        when=round_.opens_on,
        sequence=round_.opens_on.toordinal(),
        text=_said(study, BRINGS_LINK, spoken),
    )
