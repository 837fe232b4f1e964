"""One function for each kind of input: gives it to the product as its callers do, and asks the oracles."""

from __future__ import annotations

import io
import tempfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.hostile import fuzz_urls
from tests.hostile.oracles import (
    check_escapes,
    check_facts,
    check_message,
    check_report,
    judged,
    quick,
    require,
)
from validator import AssetReport, Depth, Kind
from validator.config import check_config, depth_for, load_config, placed, policy_for
from validator.errors import AssetListError, ConfigError, ProfileError, UsageError
from validator.findings import Finding, Limit, Measured, NotJudged, Severity
from validator.intake.asset_list import read_asset_list
from validator.intake.list_formats import FORMATS
from validator.intake.source import open_local
from validator.model import Asset, Facts, FileFacts, Group, GroupKind, ImageFacts, LinkFacts
from validator.probe import Attention, Examiner, probe
from validator.probe.portrait.look import Look
from validator.probe.sniff import sniff, sniff_bytes
from validator.probe.sniffed import Sniffed
from validator.probe.still import Still
from validator.profile import default_profile, load_profile
from validator.report.rule_page import page

Target = Callable[[bytes, Path], None]
"""Takes any bytes and an empty folder; raises what no caller may ever meet."""


class _Nobody:
    """Looks at every still and sees no face, so that making stills and previews is part of what is tried."""

    def look(self, still: Still, *, framing: bool, likeness: bool, cancelled: Callable[[], bool]) -> Look:
        """Check the still alone."""
        require(len(still.rgb) == still.width * still.height * 3, "a still of another size than it says")
        del framing, likeness, cancelled
        return Look(())


def _sniffed(data: bytes, kind: Kind | None = None) -> Sniffed | None:
    """What the bytes are; `None` where it is another kind."""
    found = sniff(io.BytesIO(data))
    require(found == sniff(io.BytesIO(data)), "sniffed twice, found two formats")
    require((found.kind is None) == (found.format is None), "a kind without a format")
    require((found.content == "media") == (found.kind is not None), "media of no kind")
    require((found.content == "empty") == (not data), "empty is what has no bytes, and nothing else")
    return found if kind is None or found.kind is kind else None


def _sniff(data: bytes, _folder: Path) -> None:
    """Any bytes: what they are, from the whole file and from its beginning alone."""
    with quick(2):
        _sniffed(data)
        sniff_bytes(data[:65_536])
        sniff_bytes(data[: len(data) // 2])


def _measured(kind: Kind) -> Target:
    """A file of this kind: its own bytes choose how deeply it is read."""

    def target(data: bytes, folder: Path) -> None:
        if _sniffed(data, kind) is not None:
            choice = zlib.crc32(data) % 8
            depth = Depth.HEADER if choice == 0 else Depth.FULL if choice == 1 else Depth.STANDARD
            measure_bytes(data, folder, depth, stills=choice in (2, 3))

    return target


def measure_bytes(
    data: bytes, folder: Path, depth: Depth, *, stills: bool = False, decoders: Examiner | None = None
) -> None:
    """Measure a file of these bytes as a run does; `decoders` as `probe` takes them."""
    path = folder / "input"
    path.write_bytes(data)
    asset, people = Asset(str(path), str(path)), Attention(_Nobody()) if stills else None
    with quick(), open_local(asset) as source:
        taken = frozenset({"mkv"})
        facts = probe(
            asset, source, depth=depth, people=people, previews=stills, taken=taken, decoders=decoders
        )
    check_facts(asset, facts, depth)


def _asset_list(data: bytes, folder: Path) -> None:
    """An asset list in each of its formats."""
    for ending in FORMATS:
        path = folder / f"list{ending}"
        path.write_bytes(data)
        try:
            with quick(2):
                assets = read_asset_list(path)
        except AssetListError as error:
            check_message(str(error))
            require(str(error).startswith(str(path)), "the message does not name the list")
            continue
        require(assets, "a list of nothing was taken")
        for asset in assets[:3]:
            require(asset.target and asset.location, "an asset without a target")
            check_report(AssetReport(asset, Facts(unmeasured={"*": "it was not looked at"})))


def _facts_to_judge() -> tuple[tuple[Asset, Facts], ...]:
    """Facts that most rules concern."""
    url = "https://host/a.png?token=1"
    picture = ImageFacts(width=100, height=7000, frames=3, colour=True, orientation=True)
    file = FileFacts(
        access="readable", bytes=31_000_000, content="media", format="png", integrity="truncated"
    )
    link = LinkFacts(scheme="http", reach="refused", redirects="loop", page="web-page", transfer="short")
    return (
        (Asset("a.png", "a.png"), Facts(Kind.IMAGE, file, None, picture)),
        (Asset(url, url, is_url=True), Facts(Kind.IMAGE, file, link, picture)),
        (Asset("b", "b"), Facts(unmeasured={"*": "nothing was measured"})),
    )


def _profile(data: bytes, folder: Path) -> None:
    """A profile: refused in words, or usable for everything that profiles are for."""
    path = folder / "rules.toml"
    path.write_bytes(data)
    try:
        with quick(2):
            profile = load_profile(path)
    except ProfileError as error:
        check_message(str(error), of_urls=False)
        # What a profile extends may be the one that cannot be used, whatever it is called.
        require(str(path) in str(error) or b"extends" in data, "the message names no file")
        return
    for asset, facts in _facts_to_judge():
        check_report(judged(asset, facts, profile), profile)
    page((profile,))


def _config(data: bytes, folder: Path) -> None:
    """A configuration file of either name: refused in words, or usable."""
    for name in ("validator.toml", "pyproject.toml"):
        path = folder / name
        path.write_bytes(data)
        try:
            with quick(2):
                config = load_config(folder, path)
                config = check_config(config, default_profile())
                for asset, _ in _facts_to_judge():
                    placed(asset, config)
                    depth_for(asset, config)
                    policy_for(asset, config, default_profile())
        except (ConfigError, UsageError) as error:
            check_message(str(error))
        finally:
            path.unlink()


def _report(data: bytes, _folder: Path) -> None:
    """Any texts where a file, its owner or a decoder may have chosen them."""
    text = data.decode("utf-8", "surrogateescape")
    target, name, message, detail, reason = (*text.split("\t", 4), text, text, text, text)[:5]
    path = target or "a"
    asset = Asset(path, path, name=name, group=Group(GroupKind.VIRTUAL, id=name, name=detail))
    url = "https://" + target
    measured, place = Measured("format", detail, detail), {"format": reason}
    finding = Finding(
        "FIL005", "file-broken", Severity.ERROR, message, measured, Limit(), name, (name,), place
    )
    skipped = NotJudged("FIL007", reason, Severity.ERROR)
    file = FileFacts(format=reason, integrity="corrupt", integrity_detail=detail, name_detail=name)
    facts = Facts(Kind.IMAGE, file)
    check_escapes(text)
    with quick(2):
        for each in (asset, Asset(url, url, is_url=True, name=name)):
            check_report(AssetReport(each, facts, (finding,), (skipped,)))


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "sniff": _sniff,
        "image": _measured(Kind.IMAGE),
        "video": _measured(Kind.VIDEO),
        "audio": _measured(Kind.AUDIO),
        "asset-list": _asset_list,
        "profile": _profile,
        "config": _config,
        "url": fuzz_urls.url,
        "address": fuzz_urls.address,
        "expiry": fuzz_urls.expires,
        "answer": fuzz_urls.answer,
        "report": _report,
    }
)
"""Every target by its name."""


def tried(name: str, data: bytes) -> None:
    """Give these bytes to a target, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        TARGETS[name](data, Path(folder))
