"""Two calls that begin at once in a fresh process."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.process import CHECKOUT, unmeasured

# The interpreter changes threads as often as it can: without turns, about every third of these crashes.
_AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-4)
import validator

def judge():
    turn.wait()
    codes.append(validator.lint("no-such.png").assets[0].findings[0].code)

turn, codes = threading.Barrier(4), []
threads = [threading.Thread(target=judge) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*codes)
"""


def test_the_first_calls_of_a_process_may_be_made_at_once() -> None:
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, "-c", _AT_ONCE],
            cwd=CHECKOUT,
            env=unmeasured(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "FIL001 FIL001 FIL001 FIL001\n"), done.stderr
