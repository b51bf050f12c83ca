"""What researchers call the columns of a list of statements, in ten languages and more."""

from delphi.sheets.lists.columns import LEAVE
from delphi.sheets.lists.heads import known, plain

CODE, TEXT, KIND, SECTION, HELP, EVIDENCE, ROUND = "code", "text", "kind", "section", "help", "evidence", "round"
TARGETS = (TEXT, CODE, KIND, SECTION, HELP, EVIDENCE, ROUND, LEAVE)
WORDS = {
    CODE: (
        "code|id|no|nr|number|item no|item number|item id|statement no|statement number|statement id|statement code|"
        "nummer|volgnummer|stellingnummer|numéro|numero|número|n°|numer|lp|kod|kode|kód|číslo|sorszám|numara|номер|αριθμός"
    ),
    TEXT: (
        "text|statement|statements|item|items|wording|outcome|outcomes|indication|question|statement text|item text|"
        "outcome name|stelling|stellingen|tekst|uitspraak|uitkomst|uitkomstmaat|vraag|aussage|aussagen|these|wortlaut|"
        "frage|endpunkt|énoncé|énoncés|texte|affirmation|proposition|critère de jugement|enunciado|enunciados|afirmación|"
        "texto|pregunta|desenlace|enunciato|affermazione|testo|domanda|esito|afirmação|pergunta|desfecho|stwierdzenie|"
        "pytanie|punkt końcowy|påstående|fråga|utfall|udsagn|spørgsmål|utsagn|påstand|výrok|tvrzení|otázka|állítás|kérdés|"
        "väittämä|kysymys|ifade|madde|soru|утверждение|вопрос|δήλωση"
    ),
    KIND: "kind|type|soort|art|typ|genre|tipo|rodzaj|slags",
    SECTION: (
        "section|domain|subdomain|theme|category|block|topic|area|sectie|domein|thema|categorie|rubriek|onderwerp|abschnitt|"
        "bereich|kategorie|domäne|rubrique|domaine|thème|catégorie|sección|dominio|tema|categoría|sezione|categoria|secção|"
        "seção|domínio|sekcja|dziedzina|kategoria|avsnitt|område|kategori|afsnit|oblast|téma|terület|osio|alue|bölüm|alan|"
        "раздел|тема|ενότητα"
    ),
    HELP: (
        "help|explanation|description|plain language|plain text|plain language description|plain language explanation|"
        "plain language summary|lay description|lay summary|lay text|definition|in plain words|uitleg|toelichting|"
        "omschrijving|beschrijving|in gewone taal|in gewone woorden|definitie|erklärung|erläuterung|beschreibung|"
        "in einfachen worten|in einfacher sprache|explication|description en langage clair|définition|explicación|"
        "descripción|definición|spiegazione|descrizione|definizione|explicação|descrição|definição|wyjaśnienie|opis|"
        "definicja|förklaring|beskrivning|forklaring|beskrivelse|vysvětlení|popis|magyarázat|selitys|kuvaus|açıklama|"
        "пояснение|описание|περιγραφή"
    ),
    EVIDENCE: (
        "evidence|source|sources|reference|references|bron|bronnen|referentie|referenties|bewijs|onderbouwing|quelle|quellen|"
        "evidenz|nachweis|preuve|preuves|référence|références|fuente|fuentes|evidencia|referencia|referencias|fonte|fonti|"
        "evidenza|riferimento|riferimenti|evidência|fontes|referência|źródło|źródła|dowody|källa|källor|referens|kilde|"
        "kilder|zdroj|zdroje|forrás|lähde|lähteet|kaynak|источник|источники|πηγή"
    ),
    ROUND: "round|from round|enters round|first round|ronde|vanaf ronde|runde|tour|ronda|giro|rodada|runda|omgång|kolo",
    LEAVE: "line|why it was left out",
}
KNOWN = known(WORDS)


def target_of(head: str) -> str | None:
    """What a column is by its head, or None.

    Examples
    --------
    >>> target_of("Plain language description"), target_of("No."), target_of("Sectie"), target_of("Colour")
    ('help', 'code', 'section', None)
    """
    return KNOWN.get(plain(head))
