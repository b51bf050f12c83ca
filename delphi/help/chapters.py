"""Which chapter of the handbook belongs to a page: by its blueprint, or by the view where one blueprint has several."""

LEAD, DATA_PROTECTION = "lead/index.html", "data-protection/index.html"
CHAPTERS = {
    "overview": f"{LEAD}#1-begin-a-study",
    "setup": f"{LEAD}#2-write-the-plan",
    "protocol": f"{LEAD}#2-write-the-plan",
    "panelist_options": f"{LEAD}#2-write-the-plan",
    "anonymity": "guide/levels.html",
    "merge_file": f"{LEAD}#5-launch-a-round",
    "languages": f"{LEAD}#2-write-the-plan",
    "translation_files": f"{LEAD}#2-write-the-plan",
    "letters": f"{LEAD}#5-launch-a-round",
    "order": f"{LEAD}#3-bring-statements-and-panel",
    "statements": f"{LEAD}#3-bring-statements-and-panel",
    "statement_import": f"{LEAD}#3-bring-statements-and-panel",
    "roster": f"{LEAD}#3-bring-statements-and-panel",
    "panel_import": f"{LEAD}#3-bring-statements-and-panel",
    "chosen": f"{LEAD}#3-bring-statements-and-panel",
    "person": f"{LEAD}#3-bring-statements-and-panel",
    "reminders": f"{LEAD}#6-while-a-round-is-open",
    "returned_mail": f"{LEAD}#6-while-a-round-is-open",
    "late": f"{LEAD}#6-while-a-round-is-open",
    "on_behalf": f"{LEAD}#6-while-a-round-is-open",
    "rehearsal": f"{LEAD}#4-rehearse",
    "round": f"{LEAD}#5-launch-a-round",
    "asking": f"{LEAD}#5-launch-a-round",
    "moderation": f"{LEAD}#7-between-two-rounds",
    "revision": f"{LEAD}#7-between-two-rounds",
    "results": f"{LEAD}#8-read-the-results",
    "journal": f"{LEAD}#8-read-the-results",
    "finishing": f"{LEAD}#9-finish-and-publish",
    "tables": "guide/tables.html",
    "files": f"{LEAD}#9-finish-and-publish",
    "jobs": f"{LEAD}#9-finish-and-publish",
    "bundle": f"{LEAD}#9-finish-and-publish",
    "retention": f"{LEAD}#9-finish-and-publish",
    "acknowledgement": f"{LEAD}#9-finish-and-publish",
    "severing": f"{DATA_PROTECTION}#how-long-it-is-kept",
    "team": f"{LEAD}#the-team",
    "audit": f"{LEAD}#the-trail",
}


def chapter_of(endpoint: str | None) -> str:
    """The chapter of a page of the desk; the beginning of the handbook where it has none."""
    return CHAPTERS.get((endpoint or "").partition(".")[0], "index.html")
