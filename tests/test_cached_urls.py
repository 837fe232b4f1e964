"""What a host sent before is not downloaded again where the host says that it is still the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from validator.config import Config
from validator.findings import AssetReport, Verdict
from validator.library import lint
from validator.model import LinkFacts
from validator.probe.decoders import Decoders
from validator.probe.examine import Examined

URL = "https://example.com/picture.png?key=secret"
MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CONFIG = Config(ignore=("POR", "GRP"))
WITH_HEAD = Config(profile="runway", select=("URL009", "URL015"))


class Refusing:
    """Decoders that are not to be asked."""

    def examined(self, files: Sequence[BinaryIO], *_: object) -> list[Any]:
        raise AssertionError(f"{len(files)} files were opened to be decoded")


class Telling(Decoders):
    """Decoders that tell when they are asked."""

    def __init__(self, asked: threading.Event) -> None:
        super().__init__(processes=0)
        self._asked = asked

    def examined(self, files: Sequence[BinaryIO], *arguments: Any) -> list[Examined]:
        self._asked.set()
        return super().examined(files, *arguments)


class Host:
    """Sends a file with an ETag, and knows who has it already."""

    def __init__(self, file: str = "image-300x300.png", **headers: str) -> None:
        self.body = (MEDIA / file).read_bytes()
        self.headers = {"Content-Type": "image/png", **headers}
        self.bodies = 0
        self.once: dict[str, Callable[[], httpx.Response]] = {}
        """What is answered once: to a HEAD request, and to one for a part."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = "part" if "Range" in request.headers else request.method
        if asked in self.once:
            return self.once.pop(asked)()
        if request.method == "HEAD":
            return httpx.Response(200, headers={**self.headers, "Content-Length": str(len(self.body))})
        etag = self.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return httpx.Response(304, headers={"ETag": etag})
        span = request.headers.get("Range", "")
        if span.startswith("bytes="):
            first, last = (int(each) for each in span.removeprefix("bytes=").split("-"))
            part = self.body[first : last + 1]
            where = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(self.body)}"}
            return httpx.Response(206, content=part, headers={**self.headers, **where})
        self.bodies += 1
        return httpx.Response(200, content=self.body, headers=self.headers)

    def judged(self, config: Config = CONFIG, **seams: Any) -> AssetReport:
        """What a run says of it."""
        (result,) = lint(URL, config, transport=httpx.MockTransport(self), **seams).assets
        return result

    def other_part(self) -> httpx.Response:
        """The end of another file of the same size."""
        end = f"bytes 0-{len(self.body) - 1}/{len(self.body)}"
        return httpx.Response(
            206, content=bytes(len(self.body)), headers={**self.headers, "Content-Range": end}
        )


def test_a_file_that_is_still_the_same_is_neither_downloaded_nor_decoded() -> None:
    host = Host(ETag='"one"')
    first, second = host.judged(), host.judged(decoders=Refusing())
    assert host.bodies == 1
    assert first.verdict is second.verdict is Verdict.PASS
    assert second.facts.media == first.facts.media
    assert second.facts.file == first.facts.file
    assert second.facts.link == first.facts.link
    assert second.facts.unmeasured == first.facts.unmeasured
    assert second.findings == first.findings
    assert second.not_judged == first.not_judged


def test_another_file_is_measured() -> None:
    host = Host(ETag='"one"')
    assert host.judged().verdict is Verdict.PASS
    host.body = (MEDIA / "image-299x400.png").read_bytes()
    host.headers["ETag"] = '"two"'
    assert host.judged().verdict is Verdict.FAIL
    assert host.bodies == 2


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_without_a_word_that_can_be_trusted_it_is_downloaded(headers: dict[str, str]) -> None:
    host = Host(**headers)
    assert host.judged().findings == host.judged().findings
    assert host.bodies == 2


def test_a_file_that_is_gone_is_gone() -> None:
    host = Host(ETag='"one"')
    host.judged()
    gone = httpx.MockTransport(lambda _: httpx.Response(404))
    (result,) = lint(URL, CONFIG, transport=gone).assets
    assert [finding.code for finding in result.findings if finding.severity == "error"] == ["URL003"]


def test_a_file_that_changed_meanwhile_is_downloaded_again() -> None:
    """That it did comes to light when it is being measured already."""
    host, is_measured = Host(ETag='"one"'), threading.Event()
    part = host.other_part()
    host.once["part"] = lambda: part if is_measured.wait(10) else httpx.Response(500)
    with Telling(is_measured) as decoders:
        first = host.judged(decoders=decoders)
    assert "URL010" in {finding.code for finding in first.findings}
    assert host.judged().verdict is Verdict.PASS
    assert host.bodies == 2


@pytest.mark.parametrize(("asked", "code"), [("part", "URL009"), ("HEAD", "URL015")])
def test_what_could_not_be_asked_is_asked_again(asked: str, code: str) -> None:
    host = Host(ETag='"one"')
    host.once[asked] = lambda: httpx.Response(503)
    first, second, third = (host.judged(WITH_HEAD) for _ in range(3))
    assert [each.code for each in first.not_judged] == [code]
    assert second.not_judged == third.not_judged == ()
    assert host.bodies == 2


def test_whether_headers_alone_are_asked_for_is_up_to_the_rules_now() -> None:
    host = Host(ETag='"one"')
    configs = (CONFIG, WITH_HEAD, WITH_HEAD, CONFIG)
    links = [host.judged(config).facts.link or LinkFacts() for config in configs]
    assert [link.head for link in links] == [None, "answered", "answered", None]
    assert host.bodies == 2
