"""What is remembered is what would be measured again, and nothing else."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from validator.fact_cache import OF_PRACTICE, FactCache, cache_for
from validator.fact_identity import How, Identity, identity_of
from validator.fact_makers import Makers
from validator.fact_store import FILE, Row, Store
from validator.gate import Bound, Gate
from validator.intake.source import Source
from validator.intake.validators import Validators
from validator.model import (
    SPARED,
    Asset,
    Depth,
    Facts,
    FileFacts,
    ImageFacts,
    Kind,
    LinkFacts,
    Role,
)
from validator.people import FaceFacts, LikenessFacts, Shot
from validator.probe.portrait.facts import practice_of
from validator.settings import Config

HOW = How(Depth.STANDARD)
WIDE = Gate(((Bound("image", "width", min=(200, 1)),),))
SMALL = Gate(((Bound("image", "width", min=(300, 1)),),))
URL = "https://a.example/b.png?key=secret"


class Other(Makers):
    """Another version of the libraries."""

    decoding = b"other"
    people = b"others"


class Unknown(Makers):
    """Nobody knows which."""

    decoding = people = b""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path) -> Iterator[FactCache]:
    with FactCache(folder) as made:
        yield made
        assert not made.trouble


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    path = tmp_path / "a.png"
    path.write_bytes(b"one")
    return Asset("a.png", str(path))


def image(asset: Asset, **others: Any) -> Facts:
    """What a run measured of it."""
    file = FileFacts(
        access="readable",
        bytes=Path(asset.location).stat().st_size if not asset.is_url else 3,
        sha256="ab" * 32,
        content="media",
        kind="image",
        format="png",
        extension="png",
        name_agreement="agrees",
        integrity="whole",
    )
    media = ImageFacts(width=200, height=100, aspect_ratio=Fraction(2))
    return dataclasses.replace(Facts(Kind.IMAGE, file, media=media, unmeasured={"*": "why"}), **others)


def later(asset: Asset, seconds: float = 2.0) -> Identity:
    """The identity, as if the file were looked at so long after it was written."""
    found = identity_of(asset)
    assert found is not None
    return found._replace(seen=max(found.signature.written, found.signature.changed) + int(seconds * 1e9))


def kept(cache: FactCache, asset: Asset, how: How = HOW, facts: Facts | None = None) -> Facts | None:
    """What is known of a file after it was measured, however long ago it was written."""
    identity = later(asset)
    cache.put(asset, how, identity, facts or image(asset))
    return cache.get(asset, how, identity)


class TestWhatIsKnown:
    def test_what_was_measured_is_known_to_the_next_run(self, folder: Path, asset: Asset) -> None:
        facts, identity = image(asset), later(asset)
        with FactCache(folder) as one:
            assert one.get(asset, HOW, identity) is None
            one.put(asset, HOW, identity, facts)
            assert one.get(asset, HOW, identity) == facts, "in the same run, too"
        with FactCache(folder) as next_one:
            assert next_one.get(asset, HOW, identity) == facts
            assert next_one.found == 1

    def test_however_a_path_is_written(
        self, cache: FactCache, asset: Asset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert kept(cache, asset)
        monkeypatch.chdir(Path(asset.location).parent)
        assert cache.get(Asset("./a.png", "./a.png"), HOW, later(asset))

    @pytest.mark.parametrize(
        "how",
        [
            How(Depth.FULL),
            How(Depth.HEADER),
            How(Depth.HEADER, digest=True),
            How(Depth.STANDARD, people=True),
            How(Depth.STANDARD, people=True, likeness=True),
            How(Depth.STANDARD, taken=frozenset({"png", "mkv"})),
        ],
    )
    def test_whoever_looks_otherwise_measures(self, cache: FactCache, asset: Asset, how: How) -> None:
        assert kept(cache, asset)
        assert cache.get(asset, how, later(asset)) is None

    def test_which_formats_others_take_makes_no_difference(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset, How(Depth.STANDARD, taken=frozenset({"png"})))
        assert cache.get(asset, How(Depth.STANDARD, taken=frozenset({"jpeg", "webp"})), later(asset))

    def test_a_header_alone_is_not_what_it_is_with_a_digest(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset, How(Depth.HEADER))
        assert cache.get(asset, How(Depth.HEADER, digest=True), later(asset)) is None

    def test_deeper_a_digest_is_there_anyway(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset)
        assert cache.get(asset, How(Depth.STANDARD, digest=True), later(asset))

    def test_other_makers_measure_anew(self, folder: Path, asset: Asset) -> None:
        with FactCache(folder) as cache:
            assert kept(cache, asset)
        with FactCache(folder, makers=Other()) as cache:
            assert cache.get(asset, HOW, later(asset)) is None

    def test_the_name_and_the_role_say_what_they_say_now(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset)
        voice = cache.get(dataclasses.replace(asset, role=Role.VOICE), HOW, later(asset))
        assert voice is not None
        assert voice.file.name_agreement == "other-role"
        assert voice.file.name_detail == "the role voice is no role for an image"

    def test_of_people_the_role_decides_what_is_seen(self, cache: FactCache, asset: Asset) -> None:
        how, close_up = How(Depth.STANDARD, people=True), dataclasses.replace(asset, role=Role.CLOSE_UP)
        facts = image(asset, faces=FaceFacts(face_count=1))
        assert kept(cache, asset, how, facts) == facts
        assert cache.get(close_up, how, later(asset)) is None

    def test_no_other_role_does(self, cache: FactCache, asset: Asset) -> None:
        how = How(Depth.STANDARD, people=True)
        assert kept(cache, asset, how)
        for role in set(Role) - OF_PRACTICE:
            assert cache.get(dataclasses.replace(asset, role=role), how, later(asset))
            for shot in get_args(Shot):
                assert practice_of(shot, role) == practice_of(shot, None)

    def test_what_is_no_media_has_no_name_that_could_disagree(self, cache: FactCache, asset: Asset) -> None:
        facts = Facts(file=FileFacts(access="readable", bytes=3, content="not-media"))
        assert kept(cache, asset, HOW, facts) == facts


class TestWhatChanged:
    @pytest.mark.parametrize(
        "change",
        [
            lambda path: path.write_bytes(b"two, longer"),
            lambda path: os.utime(path, (1, 1)),
            lambda path: (
                path.with_name("c.png").write_bytes(b"two") and path.with_name("c.png").replace(path)
            ),
            lambda path: path.chmod(0o640),
        ],
        ids=["written", "dated", "replaced", "permitted"],
    )
    def test_a_file_that_was_touched_is_measured(
        self, cache: FactCache, asset: Asset, change: Callable[[Path], object]
    ) -> None:
        assert kept(cache, asset)
        time.sleep(0.02)  # the clock of a disk may tell no nearer moments apart
        change(Path(asset.location))
        assert cache.get(asset, HOW, later(asset)) is None

    def test_what_changed_while_it_was_measured_is_not_kept(self, cache: FactCache, asset: Asset) -> None:
        before = later(asset)
        Path(asset.location).write_bytes(b"longer")
        cache.put(asset, HOW, before, image(asset))
        assert cache.get(asset, HOW, before) is None

    def test_what_is_gone_is_not_kept(self, cache: FactCache, asset: Asset) -> None:
        before, facts = later(asset), image(asset)
        Path(asset.location).unlink()
        cache.put(asset, HOW, before, facts)
        assert cache.get(asset, HOW, before) is None
        assert identity_of(asset) is None

    @pytest.mark.parametrize(("seconds", "known"), [(-3600, False), (0, False), (1.9, False), (2, True)])
    def test_what_was_touched_just_now_is_not_kept(
        self, cache: FactCache, asset: Asset, seconds: float, known: bool
    ) -> None:
        """It may be touched again before the disk's clock goes on."""
        identity = later(asset, seconds)
        cache.put(asset, HOW, identity, image(asset))
        assert (cache.get(asset, HOW, identity) is not None) is known

    @pytest.mark.parametrize(
        "other",
        [
            Asset("", ""),
            Asset("*.png", "*.png", is_glob=True),
            Asset(URL, URL, is_url=True),
            Asset("n\0", "n\0"),
            Asset(os.curdir, os.curdir),
            Asset(os.devnull, os.devnull),
        ],
    )
    def test_what_is_no_file_has_no_identity(self, other: Asset) -> None:
        assert identity_of(other) is None


class TestWhatIsNotKept:
    @pytest.mark.parametrize(
        "facts",
        [
            lambda facts: dataclasses.replace(facts, lasting=False),
            lambda facts: dataclasses.replace(facts, descriptor=(0.1,)),
            lambda facts: dataclasses.replace(facts, preview=object()),
            lambda facts: dataclasses.replace(facts, file=FileFacts(access="unreadable")),
            lambda facts: dataclasses.replace(facts, file=msgspec.structs.replace(facts.file, bytes=2**70)),
        ],
        ids=["circumstances", "a face as numbers", "a preview", "unreadable", "too large a number"],
    )
    def test_facts(self, cache: FactCache, asset: Asset, facts: Callable[[Facts], Facts]) -> None:
        assert kept(cache, asset, HOW, facts(image(asset))) is None

    def test_what_is_measured_to_compare_faces(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset, How(Depth.STANDARD, people=True, likeness=True)) is None

    def test_what_other_assets_say_of_it(self, cache: FactCache, asset: Asset) -> None:
        facts = image(asset)
        told = dataclasses.replace(
            facts,
            file=msgspec.structs.replace(facts.file, duplicate=True, duplicate_of="b.png"),
            likeness=LikenessFacts(face_distance=Fraction(1, 2), face_distance_from="b.png"),
        )
        assert kept(cache, asset, HOW, told) == facts

    def test_names_and_addresses(self, folder: Path, asset: Asset) -> None:
        link = Asset(URL, URL, is_url=True)
        with FactCache(folder) as cache:
            assert kept(cache, asset)
            cache.put_url(link, HOW, Validators("", '"e"', "", 3), image(link, link=LinkFacts(host="public")))
            assert cache.get_url(link, HOW)
        written = (folder / FILE).read_bytes()
        assert b"whole" in written
        for name in (os.fsencode(Path(asset.location).parent), b"a.png", b"a.example", b"secret"):
            assert name not in written


class TestWhatTheHeaderStopped:
    def stopped(self, asset: Asset) -> Facts:
        return image(asset, stopped=True, unmeasured={"integrity": SPARED})

    def test_it_holds_while_the_gate_stops_it(self, cache: FactCache, asset: Asset) -> None:
        how = How(Depth.STANDARD, gate=SMALL)
        assert kept(cache, asset, how, self.stopped(asset)) == self.stopped(asset)

    @pytest.mark.parametrize("gate", [None, WIDE])
    def test_it_does_not_hold_for_whoever_would_decode_it(
        self, cache: FactCache, asset: Asset, gate: Gate | None
    ) -> None:
        assert kept(cache, asset, How(Depth.STANDARD, gate=SMALL), self.stopped(asset))
        assert cache.get(asset, How(Depth.STANDARD, gate=gate), later(asset)) is None

    def test_what_was_decoded_holds_where_nothing_stops_it(self, cache: FactCache, asset: Asset) -> None:
        """A report tells no more for what another run has decoded."""
        assert kept(cache, asset)
        assert cache.get(asset, How(Depth.STANDARD, gate=WIDE), later(asset)) == image(asset)
        assert cache.get(asset, How(Depth.STANDARD, gate=SMALL), later(asset)) is None
        assert cache.by_digest("ab" * 32, 3, asset, How(Depth.STANDARD, gate=SMALL)) is None

    @pytest.mark.parametrize("facts", ["stopped", "image"])
    def test_both_are_known_beside_each_other(self, folder: Path, asset: Asset, facts: str) -> None:
        """What fails by what only decoding finds, or has a header that nobody asks about, is not stopped."""
        gated, found = (
            How(Depth.STANDARD, gate=SMALL),
            {"stopped": self.stopped, "image": image}[facts](asset),
        )
        with FactCache(folder) as cache:
            assert kept(cache, asset)
            assert kept(cache, asset, gated, found) == found
        with FactCache(folder) as cache:
            assert cache.get(asset, HOW, later(asset)) == image(asset)
            assert cache.get(asset, gated, later(asset)) == found
            assert cache.by_digest("ab" * 32, 3, asset, HOW) == image(asset)
            assert cache.by_digest("ab" * 32, 3, asset, gated) == found

    def test_what_one_gate_did_not_stop_another_one_may(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset, How(Depth.STANDARD, gate=SMALL))
        other = Gate(((Bound("image", "height", min=(300, 1)),),))
        assert cache.get(asset, How(Depth.STANDARD, gate=other), later(asset)) is None

    def test_what_was_stopped_by_nobody_knows_what_is_not_kept(self, cache: FactCache, asset: Asset) -> None:
        assert kept(cache, asset, HOW, self.stopped(asset)) is None


class TestContent:
    def test_a_file_is_known_under_another_name(self, folder: Path, asset: Asset) -> None:
        with FactCache(folder) as cache:
            assert kept(cache, asset)
        moved = Asset("b.jpg", str(Path(asset.location).with_name("b.jpg")))
        with FactCache(folder) as cache:
            facts = cache.by_digest("ab" * 32, 3, moved, HOW)
            assert facts is not None
            assert facts.media == image(asset).media
            assert facts.file.name_agreement == "other-format"

    def test_another_content_is_not(self, folder: Path, asset: Asset) -> None:
        with FactCache(folder) as cache:
            assert kept(cache, asset)
        with FactCache(folder) as cache:
            assert cache.by_digest("cd" * 32, 3, asset, HOW) is None
            assert cache.by_digest("ab" * 32, 4, asset, HOW) is None
            assert cache.by_digest("ab" * 32, 3, asset, How(Depth.FULL)) is None
            assert cache.by_digest("ab" * 32, 3, asset, How(Depth.STANDARD, likeness=True)) is None

    def test_what_was_not_read_to_its_end_is_known_by_its_place_alone(
        self, folder: Path, asset: Asset
    ) -> None:
        facts = image(asset)
        unread = dataclasses.replace(facts, file=msgspec.structs.replace(facts.file, sha256=None))
        with FactCache(folder) as cache:
            assert kept(cache, asset, HOW, unread) == unread


class TestUrls:
    link = Asset(URL, URL, is_url=True)
    validators = Validators("place", '"etag"', "", 3)

    def facts(self) -> Facts:
        known = LinkFacts(
            scheme="https", host="public", redirects="followed", content_type="image/png", transfer="complete"
        )
        return image(self.link, link=known, unmeasured={"*": "why", "expiry": "not then", "head": "unasked"})

    def remembered(self, folder: Path) -> Any:
        with FactCache(folder) as cache:
            cache.put_url(self.link, HOW, self.validators, self.facts())
        with FactCache(folder) as cache:
            return cache.get_url(self.link, HOW)

    def test_what_the_host_said_is_known(self, folder: Path) -> None:
        found = self.remembered(folder)
        assert found.validators == self.validators
        assert found.facts == self.facts()

    def test_fragments_are_never_sent(self, folder: Path) -> None:
        assert self.remembered(folder)
        with FactCache(folder) as cache:
            assert cache.get_url(Asset("x", f"{URL}#part", is_url=True), HOW)
            assert cache.get_url(Asset("x", f"{URL}&v=2", is_url=True), HOW) is None

    def test_without_a_word_of_the_host_nothing_is_trusted(self, cache: FactCache) -> None:
        cache.put_url(self.link, HOW, None, self.facts())
        assert cache.get_url(self.link, HOW) is None

    @pytest.mark.parametrize("change", [{"lasting": False}, {"link": None}, {"descriptor": (0.1,)}])
    def test_what_may_change_is_not_kept(self, cache: FactCache, change: dict[str, Any]) -> None:
        cache.put_url(self.link, HOW, self.validators, dataclasses.replace(self.facts(), **change))
        assert cache.get_url(self.link, HOW) is None

    def test_of_the_way_to_an_unmodified_file_what_was_met_now_holds(self, folder: Path) -> None:
        now = LinkFacts(scheme="https", host="permitted", redirects="none", expiry="later")
        source = Source(None, FileFacts(), now, {"*": "no file", "credentials": "now"}, not_modified=True)
        facts = self.remembered(folder).renewed(source)
        assert facts.link == LinkFacts(
            scheme="https",
            host="permitted",
            redirects="none",
            expiry="later",
            content_type="image/png",
            transfer="complete",
        )
        assert facts.unmeasured == {"*": "why", "head": "unasked", "credentials": "now"}
        assert facts.media == self.facts().media

    def test_what_is_known_of_a_url_is_not_of_a_file(self, folder: Path) -> None:
        assert self.remembered(folder)
        with FactCache(folder) as cache:
            assert cache.by_digest("ab" * 32, 3, self.link, HOW) is None


class TestTrouble:
    def test_where_nothing_can_be_written_everything_is_measured(self, tmp_path: Path, asset: Asset) -> None:
        (tmp_path / "a file").touch()
        with FactCache(tmp_path / "a file") as cache:
            assert cache.get(asset, HOW, later(asset)) is None
            cache.put(asset, HOW, later(asset), image(asset))
        assert cache.trouble

    def test_what_is_damaged_makes_room(self, folder: Path, asset: Asset) -> None:
        folder.mkdir()
        (folder / FILE).write_bytes(b"no database" * 1000)
        with FactCache(folder) as cache:
            assert kept(cache, asset) == image(asset), "in this run it is still known"
        assert cache.trouble == "it is damaged"
        with FactCache(folder) as cache:
            assert cache.get(asset, HOW, later(asset)) is None
            assert kept(cache, asset)
        assert not cache.trouble

    def test_what_makes_no_sense_is_measured(self, folder: Path, asset: Asset) -> None:
        with FactCache(folder) as cache:
            assert kept(cache, asset)
        store = Store(folder, 10_000_000)
        rows = store._connection.execute("SELECT key, digest FROM facts").fetchall()  # noqa: SLF001
        store.add([Row(key, digest, b"nonsense") for key, digest in rows])
        store.close()
        with FactCache(folder) as cache:
            assert cache.get(asset, HOW, later(asset)) is None
            assert cache.by_digest("ab" * 32, 3, asset, HOW) is None
            assert cache.found == 0

    def test_who_measures_must_be_known(self, folder: Path, asset: Asset) -> None:
        with FactCache(folder, makers=Unknown()) as cache:
            assert kept(cache, asset) is None
        assert cache.trouble == "which libraries measure cannot be told"
        assert not folder.exists()

    def test_a_cache_that_was_closed_remembers_nothing(self, folder: Path, asset: Asset) -> None:
        cache = FactCache(folder)
        cache.close()
        cache.put(asset, HOW, later(asset), image(asset))
        cache.close()
        with FactCache(folder) as another:
            assert another.get(asset, HOW, later(asset)) is None

    def test_a_current_folder_that_is_gone_is_no_trouble(
        self, cache: FactCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asset: Asset
    ) -> None:
        identity = later(asset)
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert cache.get(Asset("a.png", "a.png"), HOW, identity) is None


class TestWriting:
    def test_what_is_killed_loses_a_second_at_most(self, folder: Path, asset: Asset) -> None:
        now = 0.0
        cache = FactCache(folder, clock=lambda: now)
        cache.put(asset, HOW, later(asset), image(asset))
        with FactCache(folder) as other:
            assert other.get(asset, HOW, later(asset)) is None
        now = 1.0
        cache.put(asset, How(Depth.FULL), later(asset), image(asset))
        with FactCache(folder) as other:
            assert other.get(asset, HOW, later(asset))
            assert other.get(asset, How(Depth.FULL), later(asset))
        cache.close()

    def test_many_are_written_together(self, folder: Path, asset: Asset) -> None:
        cache = FactCache(folder, clock=lambda: 0.0)
        for number in range(256):
            cache.put_url(
                Asset("", f"https://a.example/{number}", is_url=True),
                HOW,
                Validators("", '"e"', "", 3),
                image(asset, link=LinkFacts()),
            )
        with FactCache(folder) as other:
            assert other.get_url(Asset("", "https://a.example/255", is_url=True), HOW)
        cache.close()


class TestChoosing:
    def test_it_can_be_left_out(self, folder: Path) -> None:
        assert cache_for(Config(cache=False), folder) is None

    def test_it_takes_no_more_room_than_was_said(self, folder: Path, asset: Asset) -> None:
        cache = cache_for(Config(cache_size=1), folder)
        assert cache is not None
        facts = image(asset, link=LinkFacts(), unmeasured={"*": "why " * 500})
        with cache:
            for number in range(1_000):
                link = Asset("", f"https://a.example/{number}", is_url=True)
                cache.put_url(link, HOW, Validators("", '"e"', "", 3), facts)
        assert (folder / FILE).stat().st_size < 2_000_000, "and as much as is written at once"
