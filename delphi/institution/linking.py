"""From what an institution says of a person to an account: by its own number of the person, never by an unproved address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.account import Account, AccountSubject
from delphi.web.accounts import TeamAccount
from delphi.web.institution import Person


def account_of(session: Session, person: Person) -> TeamAccount:
    """Find the account of a person; the first time by an address that the institution has verified, which is then kept.

    Raises
    ------
    Refused
        Nobody here is that person, or the account of the address belongs to another person of the institution.
    """
    known = session.scalars(
        select(TeamAccount)
        .join(AccountSubject, AccountSubject.account == TeamAccount.id)
        .where(AccountSubject.issuer == person.issuer, AccountSubject.subject == person.subject)
    ).first()
    if known is not None:
        if not known.active:
            raise Refused("This account is closed. Ask whoever runs this server.")
        return known
    if not person.email:
        raise Refused(
            "Your institution does not say that it has verified your mail address, so no account can be found by it. "
            "Sign in with your password, and connect the two on the page of your studies."
        )
    query = select(TeamAccount).where(TeamAccount.email == person.email, TeamAccount.active)
    account = session.scalars(query).first()
    if account is None:
        raise Refused(
            "Nobody has an account here with the address %(email)s. Ask the study team, or whoever runs this server.",
            email=person.email,
        )
    connect(session, account, person)
    return account


def connect(session: Session, account: Account, person: Person) -> None:
    """Keep that an account is this person of the institution.

    Raises
    ------
    Refused
        One of the two is connected with somebody else already.
    """
    of_issuer = select(AccountSubject).where(AccountSubject.issuer == person.issuer)
    rows = session.scalars(
        of_issuer.where((AccountSubject.account == account.id) | (AccountSubject.subject == person.subject))
    ).all()
    if any(row.account == account.id and row.subject == person.subject for row in rows):
        return
    if rows:
        raise Refused(
            "This account, or this person of your institution, is connected with another one already; nothing was changed. "
            "Ask whoever runs this server."
        )
    session.add(AccountSubject(issuer=person.issuer, subject=person.subject, account=account.id))
    session.flush()
