"""`python -m validator.github_action FOLDER`: lints as a workflow's step; its reports go into the folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from validator.github_action.step import run_step

if __name__ == "__main__":
    sys.exit(run_step(os.environ, Path(sys.argv[1])))
