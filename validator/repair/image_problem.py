"""Why no copy of a picture can be made."""

from __future__ import annotations


class ImageProblemError(Exception):
    """No copy of this picture can be made; the text is a whole sentence, for a person.

    Internal: what a caller of the package sees is an obstacle, or a `RepairError`.
    """
