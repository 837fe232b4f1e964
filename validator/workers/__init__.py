"""Worker processes for code that may hang, crash or eat all memory: only the one call is lost.

with Workers("validator.probe.somewhere:handler", limit=2, seconds=30) as workers:
    answer = workers.call(request)
"""

from __future__ import annotations

from validator.workers.error import WorkerError
from validator.workers.files import FileWorkers
from validator.workers.inbox import can_send_files
from validator.workers.pool import Workers

__all__ = ["FileWorkers", "WorkerError", "Workers", "can_send_files"]
