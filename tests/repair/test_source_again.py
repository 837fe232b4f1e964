"""A copy is made of the bytes that were judged, or of none."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import validator
from fixtures.catalogue import MEDIA
from tests.nobody import NOBODY
from validator import Asset, AssetReport, Cancelled, Decoders, RepairError
from validator.downloads import new_downloader
from validator.intake.source import open_local
from validator.profile import default_profile
from validator.repair.source_again import Original, opened_again

URL = "https://a.example/small.png?key=secret"


def never() -> bool:
    return False


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copy(MEDIA / "image-299x400.png", tmp_path / "small.png"))


@pytest.fixture
def judged(small: Path, decoders: Decoders) -> AssetReport:
    return validator.lint([small], NOBODY, decoders=decoders).assets[0]


def again(result: AssetReport, cancelled: Callable[[], bool] = never) -> Original:
    return opened_again(result, open_local, cancelled)


class TestAFile:
    def test_it_is_there_with_the_same_bytes(self, small: Path, judged: AssetReport) -> None:
        with again(judged) as original:
            assert original.file.read() == small.read_bytes()
            assert original.path == small
            original.check_unchanged()
        assert original.file.closed
        assert small.exists()

    @pytest.mark.skipif(sys.platform != "linux", reason="such names are not everywhere")
    def test_one_whose_name_is_no_text_has_a_path_that_is(self, small: Path, decoders: Decoders) -> None:
        odd = small.rename(small.with_name("caf\udce9.png"))
        (result,) = validator.lint([odd], NOBODY, decoders=decoders)
        with again(result) as original:
            path = original.path
            assert str(path).encode()
            assert path.read_bytes() == odd.read_bytes()
            original.check_unchanged()
        assert odd.exists()
        assert not path.parent.exists()

    @pytest.mark.parametrize("content", [b"", b"other", MEDIA.joinpath("image-300x400.png").read_bytes()])
    def test_other_bytes_are_refused(self, content: bytes, small: Path, judged: AssetReport) -> None:
        small.write_bytes(content)
        with pytest.raises(
            RepairError, match=r"small\.png changed after it was judged: judge it once more\."
        ):
            again(judged)

    def test_one_byte_is_enough(self, small: Path, judged: AssetReport) -> None:
        content = bytearray(small.read_bytes())
        content[-1] ^= 1
        small.write_bytes(content)
        with pytest.raises(RepairError, match="changed"):
            again(judged)

    def test_one_that_is_gone(self, small: Path, judged: AssetReport) -> None:
        small.unlink()
        with pytest.raises(RepairError, match=r"small\.png could not be opened once more: .+\."):
            again(judged)

    def test_one_that_is_written_to_meanwhile(self, small: Path, judged: AssetReport) -> None:
        with again(judged) as original:
            with small.open("ab") as file:
                file.write(b"more")
            with pytest.raises(RepairError, match="changed"):
                original.check_unchanged()

    @pytest.mark.parametrize("replaced", [True, False])
    def test_one_in_whose_place_another_lies_or_none(
        self, replaced: bool, small: Path, judged: AssetReport, tmp_path: Path
    ) -> None:
        with again(judged) as original:
            (tmp_path / "other").write_bytes(small.read_bytes())
            if replaced:
                os.replace(tmp_path / "other", small)  # noqa: PTH105 - what editors do
            else:
                small.unlink()
            with pytest.raises(RepairError, match="changed"):
                original.check_unchanged()

    def test_stopping_closes_it(self, judged: AssetReport) -> None:
        with pytest.raises(Cancelled):
            again(judged, lambda: True)


class TestAUrl:
    def fetched(self, answers: list[bytes | int]) -> Original:
        def handle(_: httpx.Request) -> httpx.Response:
            answer = answers.pop(0)
            if isinstance(answer, int):
                return httpx.Response(answer)
            return httpx.Response(200, content=answer, headers={"Content-Type": "image/png"})

        transport = httpx.MockTransport(handle)
        config = validator.Config(ignore=("POR", "GRP", "URL"), retries=0)
        # Two requests each: the second for a part.
        result = validator.lint([Asset(URL, URL, is_url=True)], config, transport=transport).assets[0]
        assert result.facts.file.sha256 is not None
        with new_downloader(config, default_profile(), transport=transport) as downloader:
            return opened_again(result, downloader.fetch, never)

    def test_it_is_fetched_again_and_leaves_nothing(self) -> None:
        content = (MEDIA / "image-299x400.png").read_bytes()
        with self.fetched([content] * 4) as original:
            assert original.file.read() == content
            path = original.path
            assert path.read_bytes() == content
            assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0
            original.check_unchanged()
        assert not path.parent.exists()

    def test_other_bytes_are_refused_and_its_secrets_are_not_shown(self) -> None:
        content = (MEDIA / "image-299x400.png").read_bytes()
        other = (MEDIA / "image-300x400.png").read_bytes()
        with pytest.raises(
            RepairError, match=r"^https://a\.example/small\.png\?… changed after it was judged"
        ):
            self.fetched([content, content, other, other])

    def test_one_that_is_gone(self) -> None:
        content = (MEDIA / "image-299x400.png").read_bytes()
        with pytest.raises(RepairError, match=r"could not be downloaded once more: .*404"):
            self.fetched([content, content, 404])
