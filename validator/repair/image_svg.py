"""Reads a vector drawing so that nothing in it can load, run or grow: what is drawn is written anew."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from validator.probe.damage import DECODER_ERRORS
from validator.probe.image_open import open_image
from validator.probe.sniff import sniff
from validator.probe.too_much import MAX_PIXELS, TooMuchError
from validator.repair.image_problem import ImageProblemError

SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
_BYTES_AT_MOST = 16_000_000
_DEPTH_AT_MOST = 256  # elements within elements: a renderer's stack ends somewhere
_ELEMENTS_AT_MOST = 200_000
_DRAWN_AT_MOST = 1_000_000  # elements, each as often as it is used
_OCTAVES_AT_MOST = 10  # of noise: what lies above has less than a shade of 256
_PIXEL_FORMATS = frozenset({"jpeg", "png", "gif", "webp"})

# What runs, plays, or is of no use to a picture; what they hold goes with them.
_LEFT_OUT = frozenset({"script", "foreignObject", "metadata", "iframe", "audio", "video", "canvas"})
_LETTERS = frozenset({"text", "tspan", "textPath"})
_NEVER_DRAWN = re.compile(r"/\*.*?\*/|@import[^;]*(?:;|$)|@font-face\s*\{[^}]*\}?", re.DOTALL | re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_URL = re.compile(r"url\(\s*[\"']?\s*([^\"')]*)", re.IGNORECASE)
_OWN_FONT = re.compile(r"@(?:import|font-face)", re.IGNORECASE)

OWN_FONTS = "The fonts that it brings are not loaded: its text is drawn in those of this system."
SYSTEM_FONTS = "Its text is drawn in the fonts of this system: another may be taken for one that is missing."
HTML_LEFT_OUT = "It holds HTML, which is not drawn."


@dataclass(frozen=True)
class Svg:
    """A drawing that refers to nothing outside of itself.

    `root`: the attributes of its outermost element; `content`: what lies in that, as XML; `notes`: sentences
    on what differs from the file; `has_text`: fonts are needed.
    """

    root: dict[str, str]
    content: str
    notes: tuple[str, ...] = ()
    has_text: bool = False


def read_svg(file: BinaryIO) -> Svg:
    """The drawing in an open file, without what runs or is loaded.

    Raises:
        ImageProblemError: it is no drawing, refers to other files, or is more than is drawn; says why.

    >>> drawing = io.BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><g onclick="x()"/></svg>')
    >>> read_svg(drawing)
    Svg(root={'width': '9'}, content='<g></g>', notes=(), has_text=False)
    """
    if (size := file.seek(0, io.SEEK_END)) > _BYTES_AT_MOST:
        raise ImageProblemError(
            f"The drawing has {size:,} bytes, and at most {_BYTES_AT_MOST:,} are read: export it as PNG."
        )
    file.seek(0)
    reader = _Reader()
    try:
        reader.parser.Parse(file.read(), True)
    except expat.ExpatError as error:
        raise ImageProblemError(
            f"The drawing is damaged (as XML, {error}): what is lost cannot be brought back."
        ) from error
    except (LookupError, ValueError) as error:
        raise ImageProblemError(f"The drawing's text cannot be read ({error}): export it as PNG.") from error
    return reader.svg()


@dataclass
class _Part:
    """An element with an id: how many lie in it, and what they refer to."""

    size: int = 0
    uses: list[str] = field(default_factory=list)


class _Reader:
    """Writes down what expat tells of, as far as it is drawn."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.SkippedEntityHandler = self._entity
        self._root: dict[str, str] | None = None
        self._written: list[str] = []
        self._open: list[str] = []
        self._parts: dict[str, _Part] = {"": _Part()}
        self._within: list[str] = []  # the ids that are open; one for each element, empty for most
        self._skipped = 0  # elements deep in what is left out
        self._css = ""
        self._pixels = 0
        self._notes: dict[str, None] = {}

    def svg(self) -> Svg:
        """All of it."""
        if self._root is None:
            raise ImageProblemError("The file holds no drawing: export it again, or as PNG.")
        if _weight(self._parts) > _DRAWN_AT_MOST:
            raise ImageProblemError(
                f"The drawing repeats its parts until it has more than {_DRAWN_AT_MOST:,}: export it as PNG."
            )
        has_text = SYSTEM_FONTS in self._notes
        self._notes.pop(SYSTEM_FONTS if OWN_FONTS in self._notes and has_text else OWN_FONTS, None)
        return Svg(self._root, "".join(self._written), tuple(self._notes), has_text)

    def _entity(self, *_: object) -> None:
        raise ImageProblemError("The drawing declares entities, which are not read: export it as PNG.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if self._skipped or space not in (SVG, "") or local in _LEFT_OUT:
            if not self._open:
                raise ImageProblemError("The file holds no drawing: export it again, or as PNG.")
            if local == "foreignObject":
                self._notes[HTML_LEFT_OUT] = None
            self._skipped += 1
            return
        if len(self._open) >= _DEPTH_AT_MOST:
            raise ImageProblemError(
                f"The drawing nests more than {_DEPTH_AT_MOST} elements in each other: export it as PNG."
            )
        self._count(attributes.get("id", ""))
        kept = dict(self._kept(local, attributes))
        if self._root is None:
            if local != "svg":
                raise ImageProblemError("The file holds no drawing: export it again, or as PNG.")
            self._root = kept
        else:
            self._written.append(f"<{local}{''.join(f' {key}={quoteattr(kept[key])}' for key in kept)}>")
        if local in _LETTERS:
            self._notes[SYSTEM_FONTS] = None
        self._open.append(local)

    def _end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        local = self._open.pop()
        self._within.pop()
        if local == "style":
            self._written.append(escape(self._checked(self._css)))
            self._css = ""
        if self._open:
            self._written.append(f"</{local}>")

    def _text(self, text: str) -> None:
        if self._skipped:
            return
        if self._open[-1] == "style":
            self._css += text
        else:
            self._written.append(escape(text))

    def _count(self, name: str) -> None:
        self._parts.setdefault(name, _Part())
        self._within.append(name)
        for each in {"", *self._within}:
            self._parts[each].size += 1
        if self._parts[""].size > _ELEMENTS_AT_MOST:
            raise ImageProblemError(
                f"The drawing has more than {_ELEMENTS_AT_MOST:,} elements: export it as PNG."
            )

    def _kept(self, element: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
        for name, value in attributes.items():
            space, _, local = name.rpartition(" ")
            if space == _XML and local == "space":
                yield "xml:space", value
            elif local == "href":
                if (reference := self._reference(element, value.strip())) is not None:
                    yield "href", reference
            elif element == "feTurbulence" and local == "numOctaves":
                yield local, _few(value)
            elif not space and not local.lower().startswith("on"):
                yield local, self._checked(value)

    def _reference(self, element: str, value: str) -> str | None:
        """What an attribute that names something may name: a part of the drawing, or pixels within it."""
        if element == "a" or not value:
            return None  # a link, which nobody follows; or one to nothing
        if value.startswith("#"):
            self._use(value[1:])
            return value
        if value.startswith("data:") and element in ("image", "feImage"):
            return self._picture(value)
        raise _elsewhere(value)

    def _picture(self, value: str) -> str:
        """A picture that lies in the drawing, of a usual format and size."""
        head, _, data = value.partition(",")
        try:
            content = base64.b64decode("".join(data.split()).replace("%2B", "+").replace("%3D", "="))
            file = io.BytesIO(content)
            format_name = sniff(file).format or ""
            if not head.endswith(";base64") or format_name not in _PIXEL_FORMATS:
                raise ImageProblemError("The drawing holds a picture of an unusual format: export it as PNG.")
            with open_image(file, format_name) as image:
                self._pixels += image.width * image.height
        except TooMuchError as error:
            raise _too_large(error.detail) from error
        except DECODER_ERRORS as error:
            raise ImageProblemError(
                f"The drawing holds a picture that cannot be read ({error}): export it as PNG."
            ) from error
        if self._pixels > MAX_PIXELS:
            raise _too_large(f"together more than {MAX_PIXELS:,} px")
        return f"data:image/{format_name};base64,{base64.b64encode(content).decode()}"

    def _checked(self, css: str) -> str:
        """A value, or a style sheet, that names nothing outside of the drawing."""
        plain = _ESCAPE.sub(_unescaped, css) if "\\" in css else css
        if _OWN_FONT.search(plain):
            self._notes[OWN_FONTS] = None
        plain = _NEVER_DRAWN.sub(" ", plain) if "@" in plain or "/*" in plain else plain
        for name in _URL.findall(plain):
            if not name.startswith("#"):
                raise _elsewhere(name)
            self._use(name[1:].strip())
        return plain

    def _use(self, name: str) -> None:
        for each in {"", *self._within}:
            self._parts[each].uses.append(name)


def _unescaped(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else 0
    return chr(number) if 31 < number < 0xD800 else found[2] or ""


def _few(octaves: str) -> str:
    """As many octaves of noise as are seen."""
    try:
        return str(min(int(octaves), _OCTAVES_AT_MOST))
    except ValueError:
        return "1"


def _elsewhere(name: str) -> ImageProblemError:
    shown = f"{name[:60]}…" if len(name) > 60 else name
    return ImageProblemError(
        f"The drawing refers to something that does not lie in it ({shown}), and nothing is loaded:"
        " export it as PNG."
    )


def _too_large(detail: str) -> ImageProblemError:
    return ImageProblemError(f"The drawing holds a picture larger than what is decoded: {detail}.")


def _weight(parts: dict[str, _Part]) -> int:
    """How many elements there are, each as often as it is used; what uses itself is not drawn."""
    known: dict[str, int] = {}
    begun: set[str] = set()
    waiting = [""]
    while waiting:
        name = waiting[-1]
        if name in known:
            waiting.pop()
            continue
        part = parts[name]
        if name not in begun:
            begun.add(name)
            waiting += (each for each in set(part.uses) if each in parts and each not in begun)
            continue
        waiting.pop()
        known[name] = min(part.size + sum(known.get(each, 0) for each in part.uses), _DRAWN_AT_MOST + 1)
    return known[""]
