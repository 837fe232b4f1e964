"""Asset lists: what each format says, and that every mistake is named with its line and field."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.errors import AssetListError
from validator.intake.asset_list import read_asset_list
from validator.model import Asset, Group, GroupKind, Role

ADA = Group(kind=GroupKind.VIRTUAL, id="group-1", name="Ada")
BOB = Group(kind=GroupKind.REAL_HUMAN)

TOML = """\
# the cast
[group]
kind = "virtual"
id = "group-1"
name = "Ada"

[[assets]]
path = "faces/ada.png"
name = "Ada, close"
role = "close-up"

[[assets]]
url = "https://host/b.mp4?sig=1"
[assets.group]
kind = "real-human"
"""
JSON = """\
{"group": {"kind": "virtual", "id": "group-1", "name": "Ada"},
 "assets": [
  {"path": "faces/ada.png", "name": "Ada, close", "role": "close-up"},
  {"url": "https://host/b.mp4?sig=1", "group": {"kind": "real-human"}}
]}
"""
JSONL = """\
{"path": "faces/ada.png", "name": "Ada, close", "role": "close-up", "group": \
{"kind": "virtual", "id": "group-1", "name": "Ada"}}

{"url": "https://host/b.mp4?sig=1", "group": {"kind": "real-human"}}
"""
CSV = """\
path,url,name,role,group_kind,group_id,group_name
faces/ada.png,,"Ada, close",close-up,virtual,group-1,Ada

,https://host/b.mp4?sig=1,,,real-human,,
"""


def read(folder: Path, text: str | bytes, name: str = "list.toml") -> tuple[Asset, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    return read_asset_list(folder / name)


def complaint(folder: Path, text: str | bytes, name: str = "list.toml") -> str:
    """What the error says, without the folder in front of the name."""
    with pytest.raises(AssetListError) as caught:
        read(folder, text, name)
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("name", "text"), [("l.toml", TOML), ("l.json", JSON), ("l.jsonl", JSONL), ("l.csv", CSV), ("L.CSV", CSV)]
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_all_formats_say_the_same(tmp_path: Path, name: str, text: str, mark: bytes, ending: bytes) -> None:
    target = f"{tmp_path}/faces/ada.png"
    url = "https://host/b.mp4?sig=1"
    assert read(tmp_path, mark + text.encode().replace(b"\n", ending), name) == (
        Asset(target, target, name="Ada, close", role=Role.CLOSE_UP, group=ADA),
        Asset(url, url, is_url=True, group=BOB),
    )


def test_paths_are_relative_to_the_list_and_absolute_ones_stay(tmp_path: Path) -> None:
    text = '["{path}"]'
    (tmp_path / "sub").mkdir()
    text = json.dumps([{"path": "../a.png"}, {"path": "/b.png"}, {"path": "./c.png"}, {"path": "*.png"}])
    found = [asset.target for asset in read(tmp_path / "sub", text, "l.json")]
    folder = tmp_path / "sub"
    assert found == [f"{folder}/../a.png", "/b.png", f"{folder}/./c.png", f"{folder}/*.png"]


def test_a_list_beside_us_names_its_paths_as_written() -> None:
    with tempfile.NamedTemporaryFile("w", dir=".", prefix=".list-", suffix=".json") as file:
        file.write('[{"path": "a.png"}]')
        file.flush()
        (asset,) = read_asset_list(Path(Path(file.name).name))
    assert asset.target == "a.png"


def test_toml_also_takes_the_singular_and_an_inline_array(tmp_path: Path) -> None:
    assert len(read(tmp_path, '[[asset]]\npath = "a"\n[[asset]]\npath = "b"')) == 2
    assert len(read(tmp_path, 'assets = [{path = "a"}, {path = "b"}]')) == 2


def test_a_url_of_any_kind_is_left_to_the_rules(tmp_path: Path) -> None:
    (asset,) = read(tmp_path, '[{"url": "host/a.png"}]', "l.json")
    assert asset.is_url


class TestAMistake:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (
                '[[assets]]\npath = "a"\n\n[[assets]]\npth = "b"',
                '4: pth: unknown field (did you mean "path"?)',
            ),
            (
                "[[assets]]\npath = 'a'\n[[assets]]\nrole = 3\npath = 'b'",
                "3: role: expected a text, not a number",
            ),
            ('[[assets]]\npath = "a"\nurl = "b"', "1: url: an asset has a path or a url, not both"),
            ('[[assets]]\nname = "a"', "1: path: an asset needs a path or a url"),
            ('[[assets]]\npath = ""', "1: path: is empty"),
            ('[[assets]]\nurl = ""', "1: url: is empty"),
            (
                '[[assets]]\npath = "https://u:pw@h/a?sig=1"',
                '1: path: https://h/a?… is no path (did you mean "url"?)',
            ),
            (
                '[[assets]]\npath = "a"\nrole = "closeup"',
                '1: role: "closeup" is none of close-up, full-body, portrait, product, scene, voice, other '
                '(did you mean "close-up"?)',
            ),
            (
                '[[assets]]\npath = "a"\ngroup = {kind = "real_human"}',
                '1: group.kind: "real_human" is none of virtual, real-human (did you mean "real-human"?)',
            ),
            ('[[assets]]\npath = "a"\ngroup = "Ada"', "1: group: expected kind / id / name"),
            (
                '[[assets]]\npath = "a"\ngroup = {id = "g"}',
                "1: group.kind: a group needs its kind: virtual, real-human",
            ),
            (
                '[[assets]]\npath = "a"\n[group]\nkid = "x"',
                '3: group.kid: unknown field (did you mean "kind"?)',
            ),
            ('x = 1\n[[asets]]\npath = "a"', "1: x: unknown field; known: assets, group"),
            ('[[asets]]\npath = "a"', '1: asets: unknown field (did you mean "assets"?)'),
            ('[assets]\npath = "a"', "1: assets: write [[assets]], in double brackets"),
            ('[[assets]]\npath = "a"\n[[asset]]\npath = "b"', "3: write [[assets]] everywhere"),
            (
                'assets = [\n{path = "a"},\n{pat = "b"}]',
                '1: assets[1].pat: unknown field (did you mean "path"?)',
            ),
            (
                "assets = [1]",
                "1: assets[0]: expected path / url / name / role / group with their values, not a number",
            ),
            ("", "1: assets: the list names no asset"),
            ("# nothing\n", "1: assets: the list names no asset"),
            ('[[assets]]\npath = "a', "2: "),
            ('a = 1\n[[assets]]\npath = """', "3: "),
            ("[[assets]]\npath = 1979-01-01", "1: path: expected a text, not a date or time"),
        ],
    )
    def test_in_toml_is_named_with_its_line(self, tmp_path: Path, text: str, says: str) -> None:
        assert complaint(tmp_path, text).startswith(f"list.toml:{says}")

    def test_in_toml_behind_a_string_that_looks_like_headers_has_the_right_line(self, tmp_path: Path) -> None:
        text = '[[assets]]\npath = "a"\nname = """\n[[assets]]\n"""\n[[assets]]\npth = "b"\n'
        assert complaint(tmp_path, text).startswith("list.toml:6: pth: unknown field")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (
                '[\n {"path": "a"},\n {"path": "b",\n  "rol": "voice"}]',
                '3: rol: unknown field (did you mean "role"?)',
            ),
            (
                '{"assets": [\n 3]}',
                "2: expected path / url / name / role / group with their values, not a number",
            ),
            ('[{"path": "a"}\n {"path": "b"}]', '2: expected "," or "]"'),
            ('[{"path": "a"},\n {"path": b}]', "2: Expecting value"),
            ('[{"path": "a"},\n]', "2: Expecting value"),
            ('[{"path": "a",\n "path": "b"}]', '1: "path" is written twice'),
            ('{"assets": [{"path": "a"}],\n "assets": []}', "2: assets: is written twice"),
            ('{"assets": {"path": "a"}}', "1: assets: expected an array"),
            ('{"group": {"kind": "virtual"},\n "files": []}', "2: files: unknown field"),
            ('{"assets": [{"path": "a"}]\n, "group": null}', "2: group: expected kind / id / name"),
            ('{"assets" [1]}', '1: expected "key": value'),
            ("{3: 4}", '1: expected "key": value'),
            ('[{"path": "a"}]\n\n]', "3: something follows the end of the list"),
            ('[{"path": "a"}', '1: expected "," or "]"'),
            ("[]", "1: assets: the list names no asset"),
            ("{}", "1: assets: the list names no asset"),
            ("\n\n3", "3: expected an array of assets, or an object with assets"),
            ("", "1: expected an array of assets, or an object with assets"),
            ('[{"path": true}]', "1: path: expected a text, not true or false"),
            ('[{"path": ' + "9" * 5000 + "}]", "1: Exceeds the limit"),
            ("[" * 200_000, "1: it is nested too deeply"),
        ],
    )
    def test_in_json_is_named_with_its_line(self, tmp_path: Path, text: str, says: str) -> None:
        assert complaint(tmp_path, text, "l.json").startswith(f"l.json:{says}")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('{"path": "a"}\n\n{"path": "b"', "3: Expecting ',' delimiter"),
            ('{"path": "a"}\n{"path": "b", "url": "c"}', "2: url: an asset has a path or a url, not both"),
            (
                '{"path": "a"}\n["b"]',
                "2: expected path / url / name / role / group with their values, not an array",
            ),
            ('{"path": "a", "path": "b"}', '1: "path" is written twice'),
            ("\n \n", "1: assets: the list names no asset"),
            ("[" * 200_000, "1: it is nested too deeply"),
        ],
    )
    def test_in_jsonl_is_named_with_its_line(self, tmp_path: Path, text: str, says: str) -> None:
        assert complaint(tmp_path, text, "l.jsonl").startswith(f"l.jsonl:{says}")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("path,rol\na,voice", '2: rol: unknown field (did you mean "role"?)'),
            ('path,name\na,"two\nlines"\nb\nc,d,e', "5: has 3 cells under 2 columns"),
            ("path,role\na,actor", '2: role: "actor" is none of'),
            ("path,url\na,https://h/a", "2: url: an asset has a path or a url, not both"),
            ("path,name\n,a", "2: path: an asset needs a path or a url"),
            ("path;name\na;b", "1: columns are separated by commas here"),
            ("path,path\na,b", "1: path: the column is there twice"),
            (
                "name,role\na,voice",
                "1: the header names neither path nor url; columns: path, url, name, role",
            ),
            ("path,group_name\na,Ada", "2: group.kind: a group needs its kind: virtual, real-human"),
            ('path\n"a', "2: unexpected end of data"),
            ('path\n"a"b', "2: "),
            (f"path\n{'a' * 200_000}", "2: field larger than field limit"),
            ("path,url\n", "1: assets: the list names no asset"),
            ("", "1: assets: the list names no asset"),
        ],
    )
    def test_in_csv_is_named_with_its_line(self, tmp_path: Path, text: str, says: str) -> None:
        assert complaint(tmp_path, text, "l.csv").startswith(f"l.csv:{says}")

    def test_of_encoding_is_named_with_its_line(self, tmp_path: Path) -> None:
        assert complaint(tmp_path, b'[[assets]]\npath = "\xff"') == "list.toml:2: the list is not UTF-8 text"


class TestAListThatCannotBeRead:
    def test_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "folder.toml").mkdir()
        os.mkfifo(tmp_path / "pipe.json")
        for name, what in (
            ("no.toml", "there is no such list"),
            ("folder.toml", "it is not a regular file that can be read"),
            ("pipe.json", "it is not a regular file that can be read"),
            ("list.yaml", "an asset list ends in .toml, .json, .jsonl, .csv"),
        ):
            with pytest.raises(AssetListError, match=f"{name}: {what}"):
                read_asset_list(tmp_path / name)

    def test_because_it_is_too_large_is_named_without_reading_it(self, tmp_path: Path) -> None:
        with (tmp_path / "l.json").open("wb") as file:
            file.truncate(64_000_001)
        with pytest.raises(AssetListError, match="it is larger than 64,000,000 bytes"):
            read_asset_list(tmp_path / "l.json")


ENDINGS = st.sampled_from([".toml", ".json", ".jsonl", ".csv"])
WORDS = st.sampled_from(
    ["assets", "[[assets]]", "[group]", "path", "url", "kind", "role", "voice", "null", '"""']
)
SIGNS = st.sampled_from("=:,[]{}\"'a1\\# \n\r\x00")
ASSETS = st.lists(
    st.dictionaries(
        st.sampled_from(["path", "url", "name", "role", "group", "x"]),
        st.none()
        | st.text(max_size=5)
        | st.integers()
        | st.sampled_from(["voice", {"kind": "virtual"}, {}, []]),
    )
)


@given(
    st.binary(max_size=200) | st.lists(WORDS | SIGNS, max_size=30).map(lambda words: "".join(words).encode()),
    ENDINGS,
)
def test_nothing_but_an_asset_list_error_comes_of_any_bytes(data: bytes, ending: str) -> None:
    check(data, ending)


@given(ASSETS, st.sampled_from([".json", ".jsonl"]))
def test_nothing_but_an_asset_list_error_comes_of_any_json(assets: list[object], ending: str) -> None:
    lines = "\n".join(json.dumps(asset) for asset in assets)
    check((json.dumps(assets) if ending == ".json" else lines).encode(), ending)


def check(data: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{ending}"
        path.write_bytes(data)
        said = ""
        try:
            assets = read_asset_list(path)
        except AssetListError as error:
            assets, said = (), str(error)
    assert assets or said.startswith(f"{path}:")
