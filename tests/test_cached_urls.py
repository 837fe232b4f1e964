"""What a host sent before is not downloaded again where the host says that it is still the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest

from validator.config import Config
from validator.findings import AssetReport, Verdict
from validator.library import lint

URL = "https://example.com/picture.png?key=secret"
MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CONFIG = Config(ignore=("POR", "GRP"))


class Refusing:
    """Decoders that are not to be asked."""

    def examined(self, files: Sequence[BinaryIO], *_: object) -> list[Any]:
        raise AssertionError(f"{len(files)} files were opened to be decoded")


class Host:
    """Sends a file with an ETag, and knows who has it already."""

    def __init__(self, file: str = "image-300x300.png", **headers: str) -> None:
        self.body = (MEDIA / file).read_bytes()
        self.headers = {"Content-Type": "image/png", **headers}
        self.bodies = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
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

    def judged(self, **seams: Any) -> AssetReport:
        """What a run says of it."""
        (result,) = lint(URL, CONFIG, transport=httpx.MockTransport(self), **seams).assets
        return result


def test_a_file_that_is_still_the_same_is_neither_downloaded_nor_decoded() -> None:
    host = Host(ETag='"one"')
    first, second = host.judged(), host.judged(decoders=Refusing())
    assert host.bodies == 1
    assert first.verdict is second.verdict is Verdict.PASS
    assert second.facts.media == first.facts.media
    assert second.facts.file == first.facts.file
    assert second.facts.link == first.facts.link
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
