"""What researchers call the columns of a panel, in fifteen languages."""

from delphi.sheets.lists.columns import KEEP, LEAVE
from delphi.sheets.lists.heads import known, plain

NAME, FIRST, INFIX, LAST, EMAIL, GROUP = "name", "first", "infix", "last", "email", "group"
LANGUAGE = "language"
TARGETS = (NAME, FIRST, INFIX, LAST, EMAIL, GROUP, LANGUAGE, KEEP, LEAVE)
WORDS = {
    NAME: (
        "name|full name|panelist|panellist|participant|expert|member|contact|display name|naam|volledige naam|deelnemer|"
        "vollständiger name|teilnehmer|teilnehmerin|teilnehmer in|nom|nom complet|nom et prénom|prénom et nom|"
        "participant e|nombre completo|nombre y apellidos|nombre y apellido|participante|nome completo|"
        "nome e cognome|cognome e nome|partecipante|nome e apelido|imię i nazwisko|uczestnik|namn|fullständigt namn|"
        "navn|fulde navn|fullt navn|jméno a příjmení|celé jméno|név|teljes név|nimi|koko nimi|ad soyad|adı soyadı|"
        "isim|имя и фамилия|фио|имя|όνομα|ονοματεπώνυμο|氏名|名前|お名前|姓名|이름|성명"
    ),
    FIRST: (
        "first name|firstname|given name|given names|forename|first|voornaam|roepnaam|vorname|vornamen|rufname|prénom|"
        "prénoms|nombre|nombres|nome|nome próprio|imię|förnamn|fornavn|jméno|křestní jméno|keresztnév|utónév|etunimi|"
        "ad|adı|名"
    ),
    INFIX: "middle name|middle initial|infix|tussenvoegsel|tussenvoegsels|voorvoegsel|voorvoegsels|mellannamn|mellemnavn",
    LAST: (
        "last name|lastname|surname|family name|last|achternaam|familienaam|nachname|familienname|zuname|"
        "nom de famille|apellido|apellidos|cognome|apelido|apelidos|sobrenome|nazwisko|efternamn|efternavn|etternavn|"
        "příjmení|vezetéknév|családnév|sukunimi|soyad|soyadı|фамилия|επώνυμο|姓"
    ),
    EMAIL: (
        "email|e mail|mail|email address|e mail address|mail address|address|emailadres|e mailadres|e mail adres|mailadres|"
        "email adresse|e mail adresse|emailadresse|mailadresse|adresse e mail|adresse email|adresse électronique|"
        "adresse mail|courriel|adresse courriel|mél|correo|correo electrónico|dirección de correo|"
        "dirección de correo electrónico|indirizzo email|indirizzo e mail|posta elettronica|endereço de email|"
        "endereço de e mail|correio eletrónico|correio eletrônico|adres e mail|adres email|poczta|e post|epost|"
        "e postadress|epostadress|mejl|mejladress|e mailadresse|e postadresse|epostadresse|e mailová adresa|emailová adresa|"
        "email cím|e mail cím|sähköposti|sähköpostiosoite|e posta|eposta|e posta adresi|электронная почта|почта|"
        "ηλεκτρονικό ταχυδρομείο|メール|メールアドレス|eメール|邮箱|电子邮件|電子郵件|이메일|work email|primary email|"
        "e mail 1 value|e mail 1 address"
    ),
    GROUP: (
        "group|stakeholder group|stakeholder|stakeholders|panel group|groep|stakeholdergroep|doelgroep|gruppe|"
        "stakeholdergruppe|interessengruppe|groupe|groupe d intérêt|collège|grupo|grupo de interés|gruppo|"
        "gruppo di interesse|grupa|grupp|intressentgrupp|interessentgruppe|skupina|csoport|ryhmä|grup|группа|ομάδα|"
        "グループ|所属|组别|그룹"
    ),
    LANGUAGE: (
        "language|preferred language|mother tongue|taal|voorkeurstaal|moedertaal|sprache|muttersprache|langue|"
        "langue préférée|idioma|lengua|lingua|língua|język|språk|sprog|jazyk|nyelv|kieli|dil|язык|γλώσσα|言語|语言|언어|اللغة"
    ),
    LEAVE: "line|why it was left out",
}


KNOWN = known(WORDS)


def target_of(head: str) -> str | None:
    """What a column is by its head, or None.

    Examples
    --------
    >>> target_of("Nachname"), target_of("CORREO electrónico"), target_of("Country")
    ('last', 'email', None)
    """
    return KNOWN.get(plain(head))
