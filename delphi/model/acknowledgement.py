"""Members of the panel who asked to be named: apart from the panel, under a key that leads to nobody's answers."""

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base


class Acknowledgement(Base):
    """How somebody wants to be named as a member of the panel.

    Its key is a keyed hash that only the server's secret can make again: no query joins it to an answer.
    """

    __tablename__ = "acknowledgement"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "key"),
        CheckConstraint("length(key) = 64", name="key_is_a_hash"),
        CheckConstraint("length(name) > 0", name="name_present"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    affiliation: Mapped[str] = mapped_column(String(300), default="")
    orcid: Mapped[str] = mapped_column(String(19), default="")
    certificate: Mapped[bool] = mapped_column(default=False)
