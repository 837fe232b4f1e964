"""`python -m validator.schemas`: write the schemas of this checkout anew."""

from __future__ import annotations

from pathlib import Path

from validator.schemas import write

if __name__ == "__main__":
    write(Path(__file__).parent)
