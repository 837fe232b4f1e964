"""Worker processes for code that may hang, crash or eat all memory: only the one call is lost.

with Workers("validator.probe.somewhere:handler", limit=2, seconds=30) as workers:
    answer = workers.call(request)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.lazy import lazily

if TYPE_CHECKING:
    from validator.workers.error import WorkerError
    from validator.workers.files import FileWorkers
    from validator.workers.inbox import can_send_files
    from validator.workers.pool import Workers

__all__ = ["FileWorkers", "WorkerError", "Workers", "can_send_files"]

# A worker, which imports this package too, needs none of them.
__getattr__, __dir__ = lazily(
    globals(),
    {
        "validator.workers.error": "WorkerError",
        "validator.workers.files": "FileWorkers",
        "validator.workers.inbox": "can_send_files",
        "validator.workers.pool": "Workers",
    },
)
