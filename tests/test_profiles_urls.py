"""What other services ask of addresses, in a run: which requests are made, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from tests.nobody import PEOPLE
from validator.config import Config
from validator.findings import AssetReport, Verdict
from validator.probe import probe
from validator.run import run

PNG = (Path(__file__).parent.parent / "fixtures" / "media" / "image-301x400.png").read_bytes()
GOOD = "https://cdn.example/face.png"
HEADERS = {"Content-Type": "image/png", "Content-Length": str(len(PNG))}

Handler = Callable[[httpx.Request], httpx.Response]


def host(
    headers: Mapping[str, str] = HEADERS, head: httpx.Response | None = None, moved: bool = False
) -> Handler:
    """A host that serves one picture; `head` answers HEAD in another way, `moved`: it lies elsewhere now."""

    def answer(request: httpx.Request) -> httpx.Response:
        if moved and request.url.path == "/face.png":
            return httpx.Response(302, headers={"Location": "/moved.png"})
        if request.method == "HEAD":
            return head or httpx.Response(200, headers=dict(headers), stream=httpx.ByteStream(b""))
        asked = request.headers.get("range", "")
        if asked:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            part = f"bytes {start}-{len(PNG) - 1}/{len(PNG)}"
            body = httpx.ByteStream(PNG[start:])
            return httpx.Response(206, headers={"Content-Range": part}, stream=body)
        return httpx.Response(200, headers=dict(headers), stream=httpx.ByteStream(PNG))

    return answer


class Visit:
    """One address judged by these profiles; `asked` are the methods of the requests."""

    def __init__(self, url: str, handler: Handler, *profiles: str, ignore: tuple[str, ...] = ()) -> None:
        self.asked: list[str] = []

        def counted(request: httpx.Request) -> httpx.Response:
            self.asked.append(request.method)
            return handler(request)

        config = Config(
            profile=profiles[0], further_profiles=profiles[1:], ignore=(*PEOPLE, *ignore), retries=0
        )
        (self.result,) = run([url], config, transport=httpx.MockTransport(counted), probe=probe)

    @property
    def found(self) -> dict[str, str]:
        return {each.code: str(each.severity) for each in self.result.findings if each.severity != "note"}


def test_a_good_address_passes_where_it_is_asked_for_in_three_requests() -> None:
    visit = Visit(GOOD, host(), "runway")
    assert (visit.found, visit.result.verdict) == ({}, Verdict.PASS)
    assert visit.asked == ["GET", "GET", "HEAD"]


@pytest.mark.parametrize("name", ["seedance-2.0", "media", "ltx", "vidu", "seedance-upstream"])
def test_nobody_else_asks_for_head(name: str) -> None:
    visit = Visit(GOOD, host(), name)
    assert visit.result.verdict is Verdict.PASS
    assert visit.asked == ["GET", "GET"]


def test_of_several_profiles_one_that_asks_is_enough() -> None:
    visit = Visit(GOOD, host(head=httpx.Response(403)), "seedance-2.0", "runway")
    assert visit.asked == ["GET", "GET", "HEAD"]
    assert visit.result.verdicts == (("seedance-2.0", Verdict.PASS), ("runway", Verdict.FAIL))


def test_a_rule_that_is_left_out_asks_for_nothing() -> None:
    assert Visit(GOOD, host(), "runway", ignore=("URL015",)).asked == ["GET", "GET"]


@pytest.mark.parametrize(
    ("url", "handler", "runway", "ltx"),
    [
        ("http://cdn.example/face.png", host(), {"URL001": "error"}, {"URL001": "error"}),
        ("https://1.1.1.1/face.png", host(), {"URL013": "error"}, {"URL013": "error"}),
        (GOOD, host(moved=True), {"URL004": "error"}, {"URL004": "error"}),
        (GOOD, host({"Content-Length": str(len(PNG))}), {"URL006": "error", "URL015": "warning"}, "URL006"),
        (
            GOOD,
            host({**HEADERS, "Content-Type": "application/octet-stream"}),
            {"URL006": "error", "URL015": "warning"},
            {"URL006": "warning"},
        ),
        (GOOD, host({**HEADERS, "Content-Type": "image/jpeg"}), {"URL006": "error"}, {"URL006": "warning"}),
        (GOOD, host({"Content-Type": "image/png"}), {"URL016": "error", "URL015": "warning"}, {}),
        (GOOD, host(head=httpx.Response(403)), {"URL015": "error"}, {}),
        (GOOD, host(head=httpx.Response(405)), {"URL015": "error"}, {}),
    ],
)
def test_each_fault_is_found_by_those_who_mind(
    url: str, handler: Handler, runway: dict[str, str], ltx: dict[str, str] | str
) -> None:
    assert Visit(url, handler, "runway").found == runway
    assert Visit(url, handler, "ltx").found == ({ltx: "warning"} if isinstance(ltx, str) else ltx)


def length_of(url: str) -> AssetReport:
    return Visit(url, host(), "runway", ignore=("URL007", "URL008")).result


def test_the_length_of_an_address_is_counted_in_characters() -> None:
    fits = GOOD + "?" + "v" * (2048 - len(GOOD) - 1)
    assert [each.code for each in length_of(fits).findings if each.severity == "error"] == []
    (finding,) = (each for each in length_of(fits + "v").findings if each.severity == "error")
    assert finding.code == "URL014"
    assert finding.message == (
        "The URL's length is 2,049 characters: 1 character above the maximum of 2,048 characters."
    )
    assert "vvv" not in finding.message


def test_a_busy_host_leaves_it_open_whether_head_is_answered() -> None:
    result = Visit(GOOD, host(head=httpx.Response(503)), "runway").result
    assert result.verdict is Verdict.UNJUDGED
    assert [(each.code, each.reason) for each in result.not_judged] == [
        ("URL015", "the HEAD request failed: the host was too busy to answer (503 Service Unavailable)")
    ]
