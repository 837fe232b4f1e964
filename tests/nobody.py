"""The choices of tests that are not about people: nobody is looked for, so no face worker has to start."""

from __future__ import annotations

from validator import Config

PEOPLE = ("POR", "GRP")
NOBODY = Config(ignore=PEOPLE)
IGNORED = ("--ignore", ",".join(PEOPLE))
LINT = ("lint", *IGNORED)
