"""Forty files and pastes of people as researchers have them, each with who is in it."""

import io
from collections.abc import Callable, Sequence

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

WEST = (
    ("Zoë", "Äß", "zoe@x.org", "nurses"),
    ("José", "Müller", "jose@x.org", "peers"),
    ("Hélène", "Gagné", "h@x.org", "nurses"),
)
POLISH = (
    ("Łukasz", "Żółć", "l@x.org", "a"),
    ("Małgorzata", "Dąbrowska", "m@x.org", "b"),
    ("Święta", "Gąsior", "s@x.org", "a"),
)
CZECH = (
    ("Jiří", "Dvořák", "j@x.org", "a"),
    ("Eliška", "Nováková", "e@x.org", "b"),
    ("Ondřej", "Beneš", "o@x.org", "a"),
)
JAPANESE = (("太郎", "山田", "t@x.org", "看護師"), ("花子", "鈴木", "h@x.org", "患者"))
RUSSIAN = (("Иван", "Петров", "i@x.org", "врачи"), ("Анна", "Смирнова", "a@x.org", "врачи"))
People = Sequence[tuple[str, str, str, str]]
Expected = dict[str, tuple[str, str]]


def whole(people: People, *, groups: bool = True) -> Expected:
    """Name and group by address."""
    return {mail: (f"{first} {last}", group if groups else "") for first, last, mail, group in people}


def text(heads: str, people: People, row: str = "{0} {1};{2};{3}", above: str = "") -> str:
    """A table as text, each row written by a pattern."""
    return above + "\n".join([heads, *(row.format(*person) for person in people)]) + "\n"


def book(fill: Callable[[openpyxl.Workbook], object]) -> bytes:
    """A workbook as a program or a person filled it."""
    made, stream = openpyxl.Workbook(), io.BytesIO()
    fill(made)
    made.save(stream)
    return stream.getvalue()


def sheet(made: openpyxl.Workbook, name: str, rows: Sequence[Sequence[object]], *, hidden: bool = False) -> Worksheet:
    """Add a sheet with rows."""
    added = made.create_sheet(name)
    for row in rows:
        added.append(row)
    added.sheet_state = "hidden" if hidden else "visible"
    return added


def table(people: People = WEST, heads: Sequence[str] = ("Name", "E-mail", "Group")) -> list[list[str]]:
    """Rows of a sheet with a head."""
    return [list(heads), *([f"{first} {last}", mail, group] for first, last, mail, group in people)]


def _merged(made: openpyxl.Workbook) -> None:
    rows = [["Groep", "Naam", "E-mailadres"], ["nurses", "Zoë Äß", "zoe@x.org"], [None, "Hélène Gagné", "h@x.org"]]
    sheet(made, "Panel", [*rows, ["peers", "José Müller", "jose@x.org"]]).merge_cells("A2:A3")


def _titled(made: openpyxl.Workbook) -> None:
    sheet(made, "Panel", [["Panel of the study", None, None], ["March, second list"], [], *table()]).merge_cells(
        "A1:C1"
    )


def _second(made: openpyxl.Workbook) -> None:
    sheet(made, "Read me", [["This list was made in March."], ["Ask Ada."]])
    sheet(made, "Experts", table())


def _hidden(made: openpyxl.Workbook) -> None:
    sheet(made, "Old", [*table(), *table(CZECH)[1:]], hidden=True)
    sheet(made, "New", table())


def _only_hidden(made: openpyxl.Workbook) -> None:
    sheet(made, "Start", [["Nothing here"]])
    sheet(made, "People", table(), hidden=True)


def _apart(made: openpyxl.Workbook) -> None:
    rows = [[last, first, mail, group, 41.0] for first, last, mail, group in WEST]
    sheet(made, "Blad1", [["Achternaam", "Voornaam", "E-mail", "Stakeholdergroep", "Leeftijd"], *rows])


def _far(made: openpyxl.Workbook) -> None:
    rows = [[None, None, *row] for row in table()]
    sheet(made, "Far", [[], [], [], *rows])


def _many(made: openpyxl.Workbook) -> None:
    sheet(made, "All", [["Name", "Email"], *([f"Person {n}", f"p{n}@x.org"] for n in range(4000))])


MANY = {f"p{n}@x.org": (f"Person {n}", "") for n in range(4000)}
ADDRESSES = {mail: (mail, "") for _first, _last, mail, _group in WEST}
OUTLOOK = "; ".join(f"{first} {last} <{mail}>" for first, last, mail, _group in WEST)
GMAIL = ", ".join(f'"{first} {last}" <{mail}>' for first, last, mail, _group in WEST)
TURNED = {mail: (f"{last}, {first}", "") for first, last, mail, _group in WEST}
PLAIN = whole(WEST, groups=False)
FRENCH = text("Nom;Prénom;Courriel;Groupe", WEST, "{1};{0};{2};{3}")
FILES: dict[str, tuple[bytes | str, Expected]] = {
    "comma": (text("name,email,group", WEST, "{0} {1},{2},{3}"), whole(WEST)),
    "mark at the start": (text("Name;E-Mail;Group", WEST).encode("utf-8-sig"), whole(WEST)),
    "unicode text of Excel": (text("Name\tE-mail\tGroup", WEST, "{0} {1}\t{2}\t{3}").encode("utf-16"), whole(WEST)),
    "Dutch": (text("Naam;E-mailadres;Groep", WEST), whole(WEST)),
    "German, apart": (text("Vorname;Nachname;E-Mail-Adresse;Gruppe", WEST, "{0};{1};{2};{3}"), whole(WEST)),
    "French in cp1252": (FRENCH.encode("cp1252"), whole(WEST)),
    "French in Mac Roman": (FRENCH.encode("mac_roman"), whole(WEST)),
    "French of DOS": (FRENCH.encode("cp850"), whole(WEST)),
    "old Mac lines": (FRENCH.replace("\n", "\r").encode("mac_roman"), whole(WEST)),
    "Spanish": (text("Nombre,Apellidos,Correo electrónico,Grupo", WEST, "{0},{1},{2},{3}"), whole(WEST)),
    "Italian": (text("Nome;Cognome;Indirizzo e-mail;Gruppo", WEST, "{0};{1};{2};{3}"), whole(WEST)),
    "Portuguese": (text("Nome;E-mail;Grupo", WEST), whole(WEST)),
    "Swedish": (text("Förnamn;Efternamn;E-postadress;Grupp", WEST, "{0};{1};{2};{3}").encode("cp1252"), whole(WEST)),
    "Polish in cp1250": (text("Imię i nazwisko;Adres e-mail;Grupa", POLISH).encode("cp1250"), whole(POLISH)),
    "Polish in ISO-8859-2": (text("Imię;Nazwisko;E-mail;Grupa", POLISH, "{0};{1};{2};{3}").encode("iso8859_2"), whole(POLISH)),
    "Czech in cp1250": (text("Jméno;Příjmení;E-mail;Skupina", CZECH, "{0};{1};{2};{3}").encode("cp1250"), whole(CZECH)),
    "Czech in ISO-8859-2": (text("Jméno a příjmení;E-mail;Skupina", CZECH).encode("iso8859_2"), whole(CZECH)),
    "Japanese in Shift-JIS": (text("名,姓,メールアドレス,グループ", JAPANESE, "{0},{1},{2},{3}").encode("cp932"), whole(JAPANESE)),
    "Russian in cp1251": (text("Имя;Фамилия;E-mail;Группа", RUSSIAN, "{0};{1};{2};{3}").encode("cp1251"), whole(RUSSIAN)),
    "Russian in KOI8-R": (text("Имя;Фамилия;E-mail;Группа", RUSSIAN, "{0};{1};{2};{3}").encode("koi8_r"), whole(RUSSIAN)),
    "infix": ("Voornaam;Tussenvoegsel;Achternaam;Mail\nJan;van der;Berg;j@x.org\nPiet;;Bos;p@x.org\n",
              {"j@x.org": ("Jan van der Berg", ""), "p@x.org": ("Piet Bos", "")}),
    "title rows": (text("Name;E-Mail;Group", WEST, above="Panel;;\nAs of March;;\n\n"), whole(WEST)),
    "empty rows": (text("Name;E-Mail;Group", WEST).replace("\n", "\n;;\n\n"), whole(WEST)),
    "the same line twice": (text("Name;E-Mail;Group", [*WEST, *WEST]), whole(WEST)),
    "the head of each page": (text("Name;E-Mail;Group", WEST) + text("Name;E-Mail;Group", CZECH), whole(WEST) | whole(CZECH)),
    "two columns of addresses": (text("Name;E-mail;Second e-mail", WEST, "{0} {1};{2};also-{2}"), PLAIN),
    "name within the address": (text("Name;E-mail;Group", WEST, ";{0} {1} <{2}>;{3}"), whole(WEST)),
    "links of mail": (text("Name;E-mail;Group", WEST, "{0} {1}; mailto:{2};{3}"), whole(WEST)),
    "four thousand lines": (text("Name,Email", [("Person", str(n), f"p{n}@x.org", "") for n in range(4000)], "{0} {1},{2}"), MANY),
    "Outlook": (OUTLOOK, PLAIN),
    "Outlook, surname first": ("; ".join(f"{last}, {first} <{mail}>" for first, last, mail, _g in WEST), TURNED),
    "a copied line of recipients": (f"Aan: {OUTLOOK};", PLAIN),
    "Gmail": (f"{GMAIL},", PLAIN),
    "one a line": (OUTLOOK.replace("; ", "\n"), PLAIN),
    "bare addresses": ("\n".join(ADDRESSES), ADDRESSES),
    "bare addresses in one line": (", ".join(ADDRESSES), ADDRESSES),
    "addresses between blanks": (" ".join(ADDRESSES), ADDRESSES),
    "cells of Excel": (text("Naam\tE-mail\tGroep", WEST, "{0} {1}\t{2}\t{3}"), whole(WEST)),
    "cells of Excel without a head": ("\n".join(f"{first} {last}\t{mail}" for first, last, mail, _g in WEST), PLAIN),
    "a domain in other letters": ("Zoë <zoe@müller.example>", {"zoe@xn--mller-kva.example": ("Zoë", "")}),
    "workbook": (book(lambda made: sheet(made, "Panel", table())), whole(WEST)),
    "workbook, merged": (book(_merged), whole(WEST)),
    "workbook, titled": (book(_titled), whole(WEST)),
    "workbook, second sheet": (book(_second), whole(WEST)),
    "workbook, hidden sheet": (book(_hidden), whole(WEST)),
    "workbook, only hidden": (book(_only_hidden), whole(WEST)),
    "workbook, apart": (book(_apart), whole(WEST)),
    "workbook, far from the corner": (book(_far), whole(WEST)),
    "workbook, four thousand": (book(_many), MANY),
}  # fmt: skip
