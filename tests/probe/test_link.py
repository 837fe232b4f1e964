"""What the bytes behind a link say about it."""

from __future__ import annotations

import pytest

from validator.model import LinkFacts
from validator.probe.extensions import EXTENSIONS
from validator.probe.link import link_facts
from validator.probe.sniff import sniff_bytes
from validator.probe.sniffed import Sniffed

PAGE = sniff_bytes(b"<!doctype html><title>Sign in</title>")


def advice(url: str) -> str | None:
    return link_facts(LinkFacts(), PAGE, url).page_detail


def agreement(content_type: str | None, format_name: str) -> str | None:
    kind = next((kind for kind, name in EXTENSIONS.values() if name == format_name), None)
    sniffed = Sniffed("media", kind, format_name)
    return link_facts(LinkFacts(content_type=content_type), sniffed, "https://h/a").content_type_agreement


class TestAWebPage:
    def test_is_told_by_its_bytes(self) -> None:
        facts = link_facts(LinkFacts(content_type="image/png"), PAGE, "https://host.example/a.png")
        assert facts.page == "web-page"
        assert facts.page_detail is None
        assert facts.content_type_agreement is None

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://drive.google.com/file/d/1/view?usp=sharing", "Google Drive"),
            ("https://www.dropbox.com/scl/fi/x/a.png?dl=0", "Dropbox"),
            ("https://1drv.ms/i/x", "OneDrive"),
            ("https://acme.sharepoint.com/:i:/x", "SharePoint"),
            ("https://github.com/o/r/blob/main/a.png", "GitHub"),
            ("https://gitlab.com/o/r/-/blob/main/a.png", "GitLab"),
            ("https://gitlab.acme.example/o/r/-/blob/main/a.png", "GitLab"),
            ("https://imgur.com/abc", "Imgur"),
            ("https://huggingface.co/o/r/blob/main/a.png", "Hugging Face"),
            ("https://www.icloud.com/photos/#x", "iCloud"),
            ("https://we.tl/t-x", "WeTransfer"),
            ("https://accounts.google.com/v3/signin", "the file asks for a login"),
            ("https://www.youtube.com/watch?v=x", "a player page"),
        ],
    )
    def test_of_a_known_host_comes_with_its_direct_link(self, url: str, host: str) -> None:
        found = advice(url)
        assert found is not None
        assert found.startswith(host)

    @pytest.mark.parametrize("url", ["https://github.com/o/r", "https://notdropbox.com/a", "not a url", ""])
    def test_elsewhere_comes_without_advice(self, url: str) -> None:
        assert advice(url) is None


class TestContentType:
    @pytest.mark.parametrize(
        ("content_type", "format_name"),
        [
            ("image/jpeg", "jpeg"),
            ("image/jpg", "jpeg"),
            ("image/pjpeg", "jpeg"),
            ("IMAGE/PNG", "png"),
            ("image/heif", "heic"),
            ("image/heic", "heif"),
            ("video/mp4", "mp4"),
            ("video/x-m4v", "mp4"),
            ("video/quicktime", "mp4"),
            ("video/mp4", "mov"),
            ("audio/mpeg", "mp3"),
            ("audio/mp3", "mp3"),
            ("audio/x-wav", "wav"),
            ("audio/wave", "wav"),
            ("audio/x-ape", "ape"),
        ],
    )
    def test_agrees_under_all_names_in_use(self, content_type: str, format_name: str) -> None:
        assert agreement(content_type, format_name) == "agrees"

    @pytest.mark.parametrize(
        ("content_type", "format_name"),
        [
            ("image/png", "jpeg"),
            ("image/jpeg", "mp4"),
            ("text/html", "png"),
            ("audio/mp4", "mp4"),
            ("video/mp4", "mp3"),
            ("video/x-ape", "ape"),
            ("nonsense", "png"),
        ],
    )
    def test_contradicts_when_it_names_something_else(self, content_type: str, format_name: str) -> None:
        assert agreement(content_type, format_name) == "contradicts"

    @pytest.mark.parametrize("content_type", [None, "", "application/octet-stream", "binary/octet-stream"])
    def test_is_missing_when_it_says_nothing(self, content_type: str | None) -> None:
        assert agreement(content_type, "png") == "missing"

    def test_is_left_alone_where_there_is_no_media(self) -> None:
        facts = link_facts(
            LinkFacts(content_type="application/zip"), sniff_bytes(b"PK\x03\x04"), "https://h/a"
        )
        assert facts.page == "media"
        assert facts.content_type_agreement is None
