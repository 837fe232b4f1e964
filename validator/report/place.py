"""Where an asset lies, in the words of the tools that read a report."""

from __future__ import annotations

import os
import re
import urllib.parse
from pathlib import Path

from validator.findings import AssetReport
from validator.intake.url import displayed
from validator.report.escape import uri_path

_SCHEME = re.compile("https?://", re.IGNORECASE)
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_DRIVE = re.compile("/?[A-Za-z]:/")


def named(result: AssetReport) -> str:
    """The target as the user named it; of a URL, without its secrets.

    >>> from validator.model import Asset, Facts
    >>> url = "https://host/a.png?key=1"
    >>> named(AssetReport(Asset(url, url, is_url=True), Facts()))
    'https://host/a.png?…'
    """
    return displayed(result.target, is_url=result.asset.is_url)


def checkout_of(folder: Path) -> Path | None:
    """The checkout that a folder lies in: the nearest folder, itself or above, that has a `.git`.

    >>> checkout_of(Path("/")) is None
    True
    """
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each / ".git")), None)


def checkout_path(result: AssetReport, checkout: Path | None = None) -> str | None:
    """The path of a file as a checkout names it, with forward slashes and without "./"; of a URL, `None`.

    It starts at `checkout`, or at the current folder where there is none or the file lies outside of it.

    >>> from validator.model import Asset, Facts
    >>> checkout_path(AssetReport(Asset("./clips//a.mp4", "clips/a.mp4"), Facts()))
    'clips/a.mp4'
    """
    if result.asset.is_url:
        return None
    path = named(result)
    if not path:
        return path
    within = None if checkout is None else _within(path, checkout)
    return (within or os.path.normpath(path)).replace(os.sep, "/")


def _within(path: str, folder: Path) -> str | None:
    """The path from this folder on; `None` where it lies outside of it."""
    try:
        relative = os.path.relpath(path, folder)
    except (OSError, ValueError):  # the current folder is gone, or another drive
        return None
    return None if Path(relative).parts[:1] == (os.pardir,) else relative


def path_within(result: AssetReport, checkout: Path | None = None) -> str | None:
    """As `checkout_path`, but the whole path of what lies outside of the checkout, or the current folder.

    >>> from validator.model import Asset, Facts
    >>> path_within(AssetReport(Asset("../a.mp4", "../a.mp4"), Facts())).endswith("..")
    False
    """
    path = checkout_path(result, checkout)
    if path is None or path.partition("/")[0] != "..":
        return path
    try:
        return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - links are followed by nobody here
    except OSError:  # the current folder is gone
        return path


def artifact_uri(result: AssetReport, checkout: Path | None = None) -> str:
    """A URI reference: relative within the checkout, else `file:///…`; a URL from its host on.

    >>> from validator.model import Asset, Facts
    >>> artifact_uri(AssetReport(Asset("clips/a 1.mp4", "clips/a 1.mp4"), Facts()))
    'clips/a%201.mp4'
    >>> url = "https://host:8443/a.png?key=1"
    >>> artifact_uri(AssetReport(Asset(url, url, is_url=True), Facts()))
    'host%3A8443/a.png'
    """
    path = path_within(result, checkout)
    if path is None:
        host, slash, rest = _SCHEME.sub("", named(result).removesuffix("?…")).partition("/")
        return uri_path(host) + slash + _quoted(rest)
    if path.startswith("/") or (os.name == "nt" and _DRIVE.match(path)):
        return f"file:///{_quoted_path(path.lstrip('/'))}"
    return uri_path(path)


def is_relative(uri: str) -> bool:
    """Whether a URI reference has no scheme.

    >>> is_relative("clips/a%201.mp4"), is_relative("https://host/a.png")
    (True, False)
    """
    return not urllib.parse.urlsplit(uri).scheme


def _quoted_path(path: str) -> str:
    drive = _DRIVE.match(path)
    return (
        path[: drive.end()] + uri_path(path[drive.end() :]) if drive and os.name == "nt" else uri_path(path)
    )


def _quoted(text: str) -> str:
    """A path of a URL, in ASCII; what is escaped in it already stays."""
    data = _STRAY_PERCENT.sub("%25", text).encode("utf-8", "backslashreplace")
    return urllib.parse.quote(data, safe="%!$&'()*+,;=:@/-._~")
