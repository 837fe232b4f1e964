"""Optional packages, imported in a worker process."""

from __future__ import annotations

import msgspec

from validator.doctor.check import Check, Surroundings
from validator.doctor.install import pip_install, requirement, version
from validator.doctor.trial import Import
from validator.workers import WorkerError, Workers


def imported(module: str, package: str, use: str, where: Surroundings, workers: Workers) -> Check:
    """An installed optional package: `use` says what it is good for."""
    detail, mend = use, ""
    try:
        workers.call(msgspec.json.encode(Import(module)), cancelled=where.cancelled)
    except WorkerError as error:
        detail, mend = error.reason, pip_install("--force-reinstall", requirement(package))
    return Check(
        name=package,
        kind="package",
        state="broken" if mend else "ok",
        needed=False,
        version=version(package),
        detail=detail,
        mend=mend,
    )
