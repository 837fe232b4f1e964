"""Why no copy of a picture can be made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ImageProblemError(Exception):
    """No copy of this picture can be made; the text is a whole sentence, for a person.

    Internal: what a caller of the package sees is an obstacle, or a `RepairError`.
    """


@contextmanager
def told_of_panic() -> Iterator[None]:
    """A library in Rust that gives up is a problem of the picture.

    Raises:
        ImageProblemError: it gave up.
    """
    try:
        yield
    except BaseException as error:  # the one that it raises is no Exception, and there is no module to import
        if type(error).__name__ != "PanicException":
            raise
        raise ImageProblemError(f"The library that reads it gave up ({error}): export it as PNG.") from error
