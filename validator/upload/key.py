"""The API key: where it is read from, and that it shows nowhere."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from validator.errors import UsageError

VARIABLE = "ORCAROUTER_API_KEY"
_LONGEST = 500  # characters
_QUOTES = ('"', "'", "`")
_KEY = re.compile(r"[\x21-\x7e]{1,500}")
# Of a file, so that the configuration of a stranger cannot make us send another secret of this machine, such
# as the key of another service.
_KEY_IN_FILE = re.compile(r"sk-orca-[\x21-\x7e]{1,492}")


class ApiKey:
    """Holds the key, and shows it to nobody but who calls `reveal`.

    Raises:
        UsageError: it cannot be sent as a header.

    >>> ApiKey("sk-orca-1"), str(ApiKey("sk-orca-1"))
    (ApiKey(…), 'ApiKey(…)')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if text[:1] in _QUOTES or text[-1:] in _QUOTES:
            raise UsageError("The API key has a quotation mark around it: leave the quotation marks out.")
        if not _KEY.fullmatch(text):
            raise UsageError(
                f"The API key is not one line of visible ASCII of at most {_LONGEST} characters: "
                "copy it again from the service's console."
            )
        self._text = text

    def reveal(self) -> str:
        """The key itself, for the request's header."""
        return self._text

    def hidden_in(self, text: str) -> str:
        """The same text without the key.

        >>> ApiKey("sk-orca-1").hidden_in("no such key: sk-orca-1")
        'no such key: …'
        """
        return text.replace(self._text, "…")

    def __repr__(self) -> str:
        return "ApiKey(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written anywhere")


def read_key(environ: Mapping[str, str], key_file: Path | None = None) -> ApiKey:
    """The key from the environment, else from a file that nobody else can read.

    Raises:
        UsageError: there is none, or it cannot be used; the message says what to do.

    >>> read_key({"ORCAROUTER_API_KEY": "sk-orca-1"})
    ApiKey(…)
    """
    text = environ.get(VARIABLE, "").strip()
    if text:
        try:
            return ApiKey(text)
        except UsageError as error:
            raise UsageError(f"{VARIABLE}: {error}") from None
    if key_file is None:
        raise UsageError(
            f"There is no API key: set {VARIABLE}, or name a file that holds it in the configuration "
            "([service] api-key-file)."
        )
    return _from_file(key_file)


def _from_file(path: Path) -> ApiKey:
    try:
        # Without waiting: opening a pipe would, until somebody writes into it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        raise UsageError(f"The API key cannot be read from {path}: {reason}.") from None
    try:
        problem = _file_problem(os.fstat(handle)) or _place_problem(path)
        if problem:
            raise UsageError(f"The API key is not read from {path}: {problem}.")
        data = os.read(handle, _LONGEST + 10)
    except OSError as error:
        raise UsageError(f"The API key cannot be read from {path}: {error.strerror or error}.") from None
    finally:
        os.close(handle)
    text = data.decode("latin-1").removesuffix("\n").removesuffix("\r")
    if not _KEY_IN_FILE.fullmatch(text):
        raise UsageError(
            f"{path} holds no API key: it has to be one line that begins with sk-orca-, of visible ASCII and "
            f"at most {_LONGEST} characters."
        )
    return ApiKey(text)


def _file_problem(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "it is no plain file"
    if os.name == "nt":  # whose files have no such modes
        return ""
    if status.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    if status.st_mode & 0o077:
        return f"others may read or change it (mode {stat.S_IMODE(status.st_mode):04o}): chmod 600 it"
    return ""


def _place_problem(path: Path) -> str:
    """Whoever may write into the folder of a link, or of the file, may put another file there."""
    if os.name == "nt":
        return ""
    for folder in {path.absolute().parent, path.resolve().parent}:
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            return f"anybody may put another file into its folder {folder}"
    if path.is_symlink() and path.lstat().st_uid not in (os.geteuid(), 0):
        return "it is a link that another user made"
    return ""
