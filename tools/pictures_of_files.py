"""Pictures of exported files: `make pictures-files`. Plays three studies, prints their files, keeps the first page of each.

Word and Excel files go through LibreOffice, PDFs through poppler: neither is ours. Every page is left in `pictures/`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import scripted
from sqlalchemy.orm import Session

from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from exports.catalogue import CATALOGUE
from exports.files.orders import Order, exhibit_of, write
from exports.record.reader_profile import Profile
from rounds.rehearsal.answers import RehearsalSettings

ROOT = Path(__file__).parents[1]
OUT, KEPT = ROOT / "pictures", ROOT / "docs" / "img"
DOTS, HEAVIEST = "110", 200_000
OUTCOMES = {
    "Symptoms": ("Pain", "Fatigue", "Quality of sleep", "Anxiety and low mood"),
    "Life": ("Quality of life", "Return to work or study", "Stigma in daily life", "Stable housing"),
    "Clinical": ("Death from any cause", "Admission to hospital", "Adverse effects of treatment", "Retention in care"),
}
INDICATIONS = {
    "First treatment": (
        "Methadone in a person of working age without other illness",
        "Buprenorphine in a person with a prolonged QT interval",
        "Slow-release morphine in a person who did not tolerate methadone",
    ),
    "After two treatments": (
        "Supervised diamorphine where two other treatments have failed",
        "Detoxification alone, without a maintenance treatment to follow",
    ),
}
FILES = {
    "journal-table-docx": ("reference", "journal", "docx"),
    "journal-table-pdf": ("reference", "journal", "pdf"),
    "journal-table-xlsx": ("reference", "journal", "xlsx"),
    "consensus-table-xlsx": ("reference", "consensus", "xlsx"),
    "report-text-docx": ("reference", "text", "docx"),
    "checklist-docx": ("reference", "accord", "docx"),
    "participation-docx": ("reference", "participation", "docx"),
    "figure-stacked": ("reference", "figure-stacked", "png"),
    "figure-quartiles": ("reference", "figure-quartiles", "png"),
    "figure-flow": ("reference", "figure-flow", "png"),
    "cos-by-group-docx": ("cos", "journal", "docx"),
    "cos-by-group-pdf": ("cos", "journal", "pdf"),
    "cos-by-group-xlsx": ("cos", "journal", "xlsx"),
    "rand-pdf": ("rand", "journal", "pdf"),
}
FIRST = {"consensus-table-xlsx": 1}  # README comes first
PROFILES = (Profile.PUBLIC, Profile.AUTHOR)


def asked(sections: dict[str, tuple[str, ...]], code: str) -> tuple[NewStatement, ...]:
    """Number the texts of each section."""
    return tuple(
        NewStatement(f"{code}{i}.{n}", text, section=section)
        for i, (section, texts) in enumerate(sections.items(), 1)
        for n, text in enumerate(texts, 1)
    )


def studies(session: Session) -> dict[str, Study]:
    """Play the reference study, a core outcome set and an appropriateness study."""
    made = {"reference": scripted.reference(session)}
    for slug, template, title, statements, size in (
        ("cos", "core-outcome-set", "Core outcomes of treating opioid dependence", asked(OUTCOMES, "OUT"), 90),
        ("rand", "rand-ucla", "Appropriateness of treatments of opioid dependence", asked(INDICATIONS, "IND"), 14),
    ):
        made[slug] = scripted.rehearsed(session, slug, template, title, statements, RehearsalSettings(size, 8, 15, 3))
    return made


def printed(path: Path, folder: Path) -> Path:
    """Print an office file to PDF."""
    home = f"-env:UserInstallation=file://{folder}/office"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"{path.stem}.pdf"


def pages(path: Path, name: str) -> list[Path]:
    """Turn every page of a PDF into a picture."""
    subprocess.run(["pdftoppm", "-r", DOTS, "-png", path, OUT / name], check=True)
    return sorted(OUT.glob(f"{name}-*.png"))


def keep(picture: Path, name: str) -> None:
    """Keep a picture in as few colours as it needs."""
    from PIL import Image

    with Image.open(picture) as image:
        small = image.convert("RGB")
        if small.width > 1300:
            small = small.resize((1300, round(small.height * 1300 / small.width)))
        small.quantize(96, dither=Image.Dither.NONE).save(KEPT / f"{name}.png", optimize=True)
    size = (KEPT / f"{name}.png").stat().st_size
    print(f"{name}: {size / 1000:.0f} kB{' TOO HEAVY' if size > HEAVIEST else ''}")


def main(wanted: set[str]) -> None:
    """Play, export, print and keep."""
    if shutil.which("soffice") is None:
        sys.exit("LibreOffice is missing: apt-get install --no-install-recommends libreoffice-writer libreoffice-calc")
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    upgrade_to_head(f"sqlite:///{folder}/pictures.sqlite3")
    database = Database(f"sqlite:///{folder}/pictures.sqlite3")
    with database.transaction() as session:
        found = studies(session)
        for name, (study, report, format_) in FILES.items():
            if wanted and name not in wanted:
                continue
            profile = next(profile for profile in PROFILES if profile in CATALOGUE[report].profiles)
            path = folder / f"{name}.{format_}"
            write(exhibit_of(session, found[study], Order(report, format_, profile)), format_, path)
            if format_ == "png":
                keep(path, name)
                continue
            for old in OUT.glob(f"{name}-*.png"):
                old.unlink()
            shown = pages(path if format_ == "pdf" else printed(path, folder), name)
            keep(shown[FIRST.get(name, 0)], name)
    database.engine.dispose()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(set(sys.argv[1:]))
