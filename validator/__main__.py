"""`python -m validator` is the command `validator`."""

from __future__ import annotations

from validator.cli import program

if __name__ == "__main__":
    program()
