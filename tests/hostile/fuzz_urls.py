"""The fuzz targets of what comes with a URL: its text, its host's addresses, its signature, and answers."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.hostile.oracles import check_report, judged, quick, require
from validator import Depth
from validator.intake.address import AddressRefused, HostGuard
from validator.intake.answer import NotDownloaded
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.expiry import expiry
from validator.intake.redirects import follow
from validator.intake.retry import Retries, retry_after
from validator.intake.url import is_url, parse, redact, shown
from validator.model import Asset, Kind
from validator.probe import probe
from validator.profile import default_profile

SECRET = "HUNTER2"  # noqa: S105 - nobody's
"""Stands in constructed URLs where a password or a token would."""

_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_CAP = 50_000  # bytes of a download here


def url(data: bytes, _folder: Path) -> None:
    """Any text as a URL, and the parts of one, with secrets where these may stand."""
    text = data.decode("utf-8", "surrogateescape")
    with quick(2):
        _check_url(text)
        scheme, user, password, host, path, query, around, *_ = (*text.split("\t"), *[""] * 7)
        scheme = scheme if scheme.isalnum() and is_url(f"{scheme}://") else "https"
        query = "".join(query.split())  # behind a space, another URL would begin a text of its own
        password = "".join(character for character in password if character not in "/?#@" and character > " ")
        secret = (
            f"{scheme}://{_no_end(user)}:{password}{SECRET}@{_no_end(host)}/{_no_end(path)}?{query}{SECRET}"
        )
        inside_text, inside_url = f"{_no_url(around)} {''.join(secret.split())}", f"https://host/{secret}"
        odd_port = f"{scheme}://host:port/a?{query}@{SECRET}"
        for written in (secret, f"{secret}#{SECRET}", inside_text, inside_url, odd_port):
            require(SECRET not in redact(written), "redact left a secret")
            require(SECRET not in shown(written) or written == inside_text, "shown left a secret")
        _check_url(secret)
        _check_redirect(data.split(b"\n", 1)[0])


def _no_end(part: str) -> str:
    """A part of a URL in which none ends."""
    ends = "/?#@:[]\\"
    return "".join(character for character in part if character not in ends and not character.isspace())


def _no_url(part: str) -> str:
    return part.replace("://", "")


def _check_url(text: str) -> None:
    address = parse(text)
    fetchable = address.scheme in ("http", "https") and address.host
    require(address.problem or fetchable, "neither host nor problem")
    for said in (redact(text), address.problem, *([shown(text)] if is_url(text) else [])):
        same = redact(said) == said or not said.isascii()  # hosts inside of broken ones turn into ASCII later
        require(same, "redacted twice, shown two texts")


def _check_redirect(location: bytes) -> None:
    """A host may send any bytes as the address to go on to."""
    for start in (f"https://host/a?token={SECRET}", "http://host:8080/folder/a.mp4"):
        asked: list[str] = []

        def ask(url: str, asked: list[str] = asked) -> httpx.Response:
            asked.append(url)
            return httpx.Response(302, headers=[(b"location", location)])

        facts: dict[str, str] = {}
        with suppress(NotDownloaded):
            follow(start, ask, facts, 5)
        require(len(asked) <= 6, f"{len(asked)} requests")
        for url in asked:
            require(not parse(url).problem, "asked for what is no URL")
            encrypted = parse(start).scheme != "https" or parse(url).scheme == "https"
            require(encrypted, "asked without encryption")
        detail = facts.get("redirects_detail", "")
        told = SECRET in detail and SECRET.encode() not in location
        require(not told, "a redirect's detail holds the secret of the first address")


def address(data: bytes, _folder: Path) -> None:
    """Any host, any port, and any answer of a resolver: what is connected to is public."""
    text = data.decode("utf-8", "surrogateescape")
    host, port, *found = (*text.split("\t"), "", "")
    number = int(port) if port.isdecimal() and len(port) < 6 else 443
    for allow_private in (False, True):
        guard = HostGuard(allow_private, resolve=lambda _host, _port: [each for each in found if each])
        with quick(2):
            for name in (host, host.encode("ascii", "ignore").decode()):
                with suppress(AddressRefused, socket.gaierror):
                    _check_reached(guard.addresses(name, number), allow_private=allow_private)
            parsed = parse(f"https://{host}:{number}/a")
            with suppress(AddressRefused):
                if not parsed.problem:
                    _check_spelling(parsed.host, parsed.written)
                    guard.check(parsed)


def _check_reached(addresses: tuple[str, ...], *, allow_private: bool) -> None:
    require(addresses, "no address, and no reason why")
    for text in addresses:
        address = ipaddress.ip_address(text)
        inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        for each in filter(None, (address, inner)):
            require(str(each) != "169.254.169.254", "the metadata service is reached")
            require(not each.is_link_local, f"reached, though link-local: {each}")
            public = each.is_global and not each.is_multicast
            require(allow_private or public, f"reached, though not public: {each}")


def _check_spelling(host: str, written: str) -> None:
    """An address in numbers is the one that this machine's own library takes it for."""
    try:
        known = socket.inet_ntoa(socket.inet_aton(written.rstrip(".")))
    except OSError:
        return
    require(host == known, f"{written} is taken for {host}, others take it for {known}")


def expires(data: bytes, _folder: Path) -> None:
    """Any query that may be a signature, and any Retry-After."""
    text = data.decode("utf-8", "surrogateescape")
    with quick(2):
        for query in (text, f"{text}&Signature={SECRET}{SECRET}{SECRET}", f"Expires=1795389000&{text}"):
            facts = expiry(f"https://host/a?{query}", _NOW)
            require(facts.keys() <= {"expiry", "expiry_detail"}, "other facts than those on expiry")
            require(SECRET not in str(facts), "the signature is told")
        wait = retry_after(text, _NOW)
        require(wait is None or wait >= 0, "a wait of less than nothing")


class _Answers(httpx.BaseTransport):
    """Answers request after request with what it was given; the last one again and again."""

    def __init__(self, answers: list[httpx.Response]) -> None:
        self._answers = answers
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        given = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(request)
        stream = httpx.ByteStream(given.extensions["body"])
        return httpx.Response(given.status_code, headers=given.headers.raw, stream=stream)


def answer(data: bytes, _folder: Path) -> None:
    """Any answers to the requests for one URL: status, headers and body, the next one behind `%%`."""
    answers = [_read(text) for text in data.split(b"\n%%\n")]
    location = f"https://host/a.png?token={SECRET}"
    asset, transport = Asset(location, location, is_url=True), _Answers(answers)
    limits = DownloadLimits(caps=dict.fromkeys(Kind, _CAP), unknown_cap=_CAP, total_timeout=20)
    retries, guard = Retries(jitter=lambda: 0.0, now=lambda: _NOW), HostGuard(resolve=lambda _host, _port: [])
    waits: list[float] = []
    downloader = Downloader(
        limits, retries=retries, guard=guard, transport=transport, now=lambda: _NOW, sleep=waits.append
    )
    with quick(4), downloader, downloader.fetch(asset) as source:
        require(source.link is not None, "a URL without facts on it")
        require(source.file is None or (source.access.bytes or 0) <= 2 * _CAP + 300_000, "no cap")
        facts = probe(asset, source, depth=Depth.HEADER)
    require(len(transport.asked) <= 24, f"{len(transport.asked)} requests")
    require(all(0 <= wait <= retries.longest for wait in waits), f"waits of {waits}")
    check_report(judged(asset, facts, default_profile()))
    told = [*map(str, facts.values().values()), *facts.unmeasured.values()]
    if SECRET.encode() not in data:
        require(not any(SECRET in text for text in told), "a fact holds the secret of the URL")


def _read(text: bytes) -> httpx.Response:
    head, _, body = text.partition(b"\n\n")
    status, *lines = head.split(b"\n")
    code = int(status) if status.isdigit() and len(status) == 3 else 200
    headers = [
        (name.strip() or b"x", value.strip()) for name, _, value in (line.partition(b":") for line in lines)
    ]
    return httpx.Response(code, headers=headers, extensions={"body": body})
