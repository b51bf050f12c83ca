"""Which capability each file needs."""

from collections.abc import Iterable

from delphi.access import Capability
from delphi.model.job import ExportJob
from exports.catalogue import CATALOGUE, Entry
from exports.files import jobs
from exports.record.reader_profile import Profile

NEEDS = {
    Profile.PUBLIC: Capability.READ,
    Profile.ANALYST: Capability.ANALYSE,
    Profile.MANAGER: Capability.ROSTER,
    Profile.AUTHOR: Capability.READ,
    Profile.STATISTICIAN: Capability.ROWS,
}
MORE = {  # the full trail is the owner's, and so is a bundle
    ("audit", Profile.ANALYST): Capability.AUDIT,
    ("bundle", Profile.ANALYST): Capability.AUDIT,
    ("bundle", Profile.PUBLIC): Capability.AUDIT,
}


def allowed(may: frozenset[Capability], key: str, profile: Profile) -> bool:
    """Whether capabilities are enough for a file in a profile."""
    return NEEDS[profile] in may and MORE.get((key, profile), NEEDS[profile]) in may


def entries_for(may: frozenset[Capability], profile: Profile) -> dict[str, Entry]:
    """List what a reader may have in a profile."""
    return {key: entry for key, entry in CATALOGUE.items() if profile in entry.profiles and allowed(may, key, profile)}


def jobs_for(may: frozenset[Capability], kept_jobs: Iterable[ExportJob]) -> list[tuple[ExportJob, str]]:
    """List the orders that a reader may see, with the names of their files."""
    return [(job, jobs.label(job.report)) for job in kept_jobs if allowed(may, job.report, Profile(job.profile))]
