"""Where an asset lies, in the words of the tools that read a report."""

from __future__ import annotations

import os
import re
import urllib.parse

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


def checkout_path(result: AssetReport) -> str | None:
    """The path of a file as a checkout names it, with forward slashes and without "./"; of a URL, `None`.

    >>> from validator.model import Asset, Facts
    >>> checkout_path(AssetReport(Asset("./clips//a.mp4", "clips/a.mp4"), Facts()))
    'clips/a.mp4'
    """
    if result.asset.is_url:
        return None
    path = named(result)
    return os.path.normpath(path).replace(os.sep, "/") if path else path


def path_within(result: AssetReport) -> str | None:
    """As `checkout_path`, but the whole path of what lies outside of the current folder.

    >>> from validator.model import Asset, Facts
    >>> path_within(AssetReport(Asset("../a.mp4", "../a.mp4"), Facts())).endswith("..")
    False
    """
    path = checkout_path(result)
    if path is None or path.partition("/")[0] != "..":
        return path
    try:
        return os.path.abspath(path).replace(os.sep, "/")  # noqa: PTH100 - links are followed by nobody here
    except OSError:  # the current folder is gone
        return path


def artifact_uri(result: AssetReport) -> str:
    """A URI reference: relative within the current folder, else `file:///…`; a URL from its host on.

    >>> from validator.model import Asset, Facts
    >>> artifact_uri(AssetReport(Asset("clips/a 1.mp4", "clips/a 1.mp4"), Facts()))
    'clips/a%201.mp4'
    >>> url = "https://host:8443/a.png?key=1"
    >>> artifact_uri(AssetReport(Asset(url, url, is_url=True), Facts()))
    'host%3A8443/a.png'
    """
    path = path_within(result)
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
