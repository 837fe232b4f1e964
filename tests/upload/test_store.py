"""Buckets, against a server that speaks S3; of Google's and Azure's, what can be seen without them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fixtures.catalogue import MEDIA
from tests.intake.servers import answer, remembering, saying, saying_nothing, serving
from tests.upload.store_server import StoreServer, running, store_server
from validator import Config
from validator.errors import FileChanged, NotPublished, UsageError
from validator.intake.expiry import expiry
from validator.model import Kind, LinkFacts
from validator.probe.link import link_facts
from validator.probe.sniffed import Sniffed
from validator.profile import default_profile
from validator.settings import UploadSettings
from validator.upload.cloud import CLOUDS
from validator.upload.publish import MaybePublished, Published, new_publisher
from validator.upload.same_bytes import same_bytes_check
from validator.upload.store import _TYPES, Bucket, key_name

__all__ = ["store_server"]  # a fixture

PICTURE = MEDIA / "image-301x400.png"
BODY = PICTURE.read_bytes()
SHA256 = hashlib.sha256(BODY).hexdigest()
NAME = f"face-{SHA256[:16]}"
KEY = f"{NAME}.png"
KEYS = {"AWS_ACCESS_KEY_ID": "QZQ-KEY-ID", "AWS_SECRET_ACCESS_KEY": "QZQ-SECRET"}
SOON = timedelta(seconds=0.3)


def published(bucket: Bucket, path: Path | str = PICTURE, name: str = NAME) -> Published:
    return bucket.publish(str(path), SHA256, name, Kind.IMAGE, "png")


def impatient(environ: Mapping[str, str], name: str = "bucket-1") -> Bucket:
    return Bucket(CLOUDS["s3"], name, "", link_life=3600, environ=environ, asking=SOON)


def refused(bucket: Bucket) -> str:
    """Why nothing was published; said without a secret, in the message and in what a traceback shows."""
    with pytest.raises(NotPublished) as met:
        published(bucket)
    assert "QZQ" not in "".join(traceback.format_exception(met.value))
    return str(met.value)


class TestABucket:
    def test_the_link_gives_the_file_and_nothing_else_does(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        publisher = new_publisher(
            UploadSettings(publish=f"s3://{name}/assets/2026/"), Path(), store_server.environ()
        )
        assert isinstance(publisher, Bucket)
        given = published(publisher)
        key = f"assets/2026/{NAME}.png"
        assert given.shown == f"s3://{name}/{key}"
        assert (given.key, given.removable, given.reused) == (key, True, False)
        assert store_server.keys(name) == [key]
        fetched = httpx.get(given.url, trust_env=False)
        assert (fetched.status_code, fetched.content) == (200, BODY)
        assert fetched.headers["content-type"] == "image/png"
        assert httpx.get(given.url.partition("?")[0], trust_env=False).status_code == 403
        with same_bytes_check(Config(allow_private_hosts=True), default_profile()) as same_bytes:
            same_bytes(given.url, SHA256)

    def test_the_link_is_secret(self, store_server: StoreServer) -> None:
        given = published(Bucket.of(f"s3://{store_server.make_bucket()}", 3600, store_server.environ()))
        assert "Signature" in given.url
        assert "Signature" not in repr(given) + given.shown

    @pytest.mark.parametrize("seconds", [60, 43_200, 604_800])
    def test_the_link_lives_as_long_as_was_asked(self, store_server: StoreServer, seconds: int) -> None:
        bucket = Bucket.of(f"s3://{store_server.make_bucket()}", seconds, store_server.environ())
        url = published(bucket).url
        assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == [str(seconds)]
        now = datetime.now(UTC)
        assert expiry(url, now + timedelta(seconds=seconds - 30))["expiry"] != "expired"
        assert expiry(url, now + timedelta(seconds=seconds + 30))["expiry"] == "expired"

    def test_temporary_credentials_put_their_token_into_the_link(self, store_server: StoreServer) -> None:
        environ = store_server.environ(AWS_SESSION_TOKEN="QZQ-TOKEN")  # noqa: S106 - none
        url = published(Bucket.of(f"s3://{store_server.make_bucket()}", 3600, environ)).url
        assert parse_qs(urlsplit(url).query)["X-Amz-Security-Token"] == ["QZQ-TOKEN"]

    @pytest.mark.parametrize(
        ("prefix", "key"),
        [
            ("", f"{NAME}.png"),
            ("/", f"{NAME}.png"),
            ("/a", f"a/{NAME}.png"),
            ("/a/", f"a/{NAME}.png"),
            ("//a//b//", f"a/b/{NAME}.png"),
            ("/we=ird,'(pre)/@x:y!_+.z", f"we=ird,'(pre)/@x:y!_+.z/{NAME}.png"),
        ],
    )
    def test_prefixes(self, store_server: StoreServer, prefix: str, key: str) -> None:
        name = store_server.make_bucket()
        given = published(Bucket.of(f"s3://{name}{prefix}", 3600, store_server.environ()))
        assert store_server.keys(name) == [given.key] == [key]
        assert httpx.get(given.url, trust_env=False).content == BODY

    @pytest.mark.parametrize(
        "name", ["two words", "Grüße #1", "50%41?x", "顔", "../../up", "\x1b[2J", "a" * 300, ""]
    )
    def test_whatever_the_name_the_key_is_plain_and_ends_in_the_hash(
        self, store_server: StoreServer, name: str
    ) -> None:
        bucket = store_server.make_bucket()
        given = published(Bucket.of(f"s3://{bucket}/p", 3600, store_server.environ()), name=name)
        assert re.fullmatch(rf"p/([A-Za-z0-9][A-Za-z0-9._-]*-)?{SHA256[:16]}\.png", given.key)
        assert len(given.key) < 150
        assert store_server.keys(bucket) == [given.key]
        assert httpx.get(given.url, trust_env=False).content == BODY

    def test_names_are_recognised(self) -> None:
        digest = "0123456789abcdef" * 4
        assert (
            key_name(f"Grüße an Ömer-{digest[:16]}", digest, "png") == "Grusse-an-Omer-0123456789abcdef.png"
        )
        assert key_name("x", digest, "mp4") == "x-0123456789abcdef.mp4"

    def test_many_at_once(self, store_server: StoreServer, tmp_path: Path) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())

        def one(number: int) -> None:
            path = tmp_path / f"{number}.png"
            path.write_bytes(BODY + bytes([number]))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            given = bucket.publish(str(path), digest, str(number), Kind.IMAGE, "png")
            assert httpx.get(given.url, trust_env=False).content == BODY + bytes([number])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(24)))
        assert len(store_server.keys(name)) == 24


class TestContentType:
    @pytest.mark.parametrize("format_name", sorted(_TYPES))
    def test_it_agrees_with_the_bytes_by_our_own_rule(self, format_name: str) -> None:
        _, content_type = _TYPES[format_name]
        kind = Kind(content_type.partition("/")[0])
        found = link_facts(LinkFacts(content_type=content_type), Sniffed("media", kind, format_name), "")
        assert found.content_type_agreement == "agrees"

    def test_every_documented_format_has_one(self) -> None:
        documented = {
            name for code in ("IMG001", "VID001", "AUD001") for name in default_profile()[code].one_of
        }
        assert documented
        assert documented <= set(_TYPES)

    def test_another_format_gets_the_neutral_one(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())
        given = bucket.publish(str(PICTURE), SHA256, "x", Kind.IMAGE, "")
        assert given.key == f"x-{SHA256[:16]}.bin"
        assert store_server.stored(name, given.key).headers["content-type"] == "application/octet-stream"


class TestWhatIsThereAlready:
    def test_is_not_sent_again(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())
        first = published(bucket)
        assert published(bucket).reused
        # By another hand, with all that we look at: so that it shows who wrote last.
        mark = bytes(len(BODY))
        store_server.put(name, first.key, mark, {"Content-Type": "image/png", "x-amz-meta-sha256": SHA256})
        again = published(Bucket.of(f"s3://{name}", 3600, store_server.environ()))
        assert (again.reused, again.removable, again.key) == (True, True, first.key)
        assert store_server.stored(name, first.key).content == mark
        # What lies there was told a lie about: the comparison before forwarding finds that.
        config = Config(allow_private_hosts=True)
        with (
            same_bytes_check(config, default_profile()) as same_bytes,
            pytest.raises(FileChanged, match="does not serve what was judged"),
        ):
            same_bytes(again.url, SHA256)

    @pytest.mark.parametrize(
        ("data", "headers"),
        [
            (BODY[:-1], {"Content-Type": "image/png", "x-amz-meta-sha256": SHA256}),
            (bytes(len(BODY)), {"Content-Type": "image/png", "x-amz-meta-sha256": "0" * 64}),
            (bytes(len(BODY)), {"Content-Type": "image/png"}),
            (BODY, {"Content-Type": "binary/octet-stream", "x-amz-meta-sha256": SHA256}),
        ],
        ids=["another size", "another hash", "no hash", "another type"],
    )
    def test_is_replaced_where_it_is_something_else(
        self, store_server: StoreServer, data: bytes, headers: dict[str, str]
    ) -> None:
        name = store_server.make_bucket()
        key = f"{NAME}.png"
        store_server.put(name, key, data, headers)
        given = published(Bucket.of(f"s3://{name}", 3600, store_server.environ()))
        assert (given.key, given.reused) == (key, False)
        stored = store_server.stored(name, key)
        assert (stored.content, stored.headers["content-type"]) == (BODY, "image/png")

    def test_is_sent_once_where_two_publish_it_at_once(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())
        with ThreadPoolExecutor(4) as pool:
            keys = {given.key for given in pool.map(lambda _: published(bucket), range(8))}
        assert store_server.keys(name) == list(keys)


class TestRemoval:
    def test_once_twice_and_by_another_hand(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}/p", 3600, store_server.environ())
        store_server.put(name, "p/other.png", b"x")
        given = published(bucket)
        bucket.remove(given)
        assert store_server.keys(name) == ["p/other.png"]
        bucket.remove(given)
        assert httpx.get(given.url, trust_env=False).status_code == 404

    def test_what_is_not_ours_stays(self, store_server: StoreServer) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())
        given = published(bucket)
        bucket.remove(Published(given.url, given.shown, removable=False, key=given.key, sha256=SHA256))
        assert store_server.keys(name) == [given.key]

    @pytest.mark.parametrize(
        ("key", "sha256"),
        [
            ("p/database.dump", SHA256),
            (f"p/{NAME}.png", "0" * 64),
            (f"p/{NAME}.png", ""),
            (f"p/{NAME}.png", SHA256[:8]),
            (f"p/{NAME}.png.bak", SHA256),
            (f"p/q/{NAME}.png", SHA256),
            (f"{NAME}.png", SHA256),
        ],
    )
    def test_whatever_a_journal_names_only_a_file_of_these_bytes_goes(
        self, store_server: StoreServer, key: str, sha256: str
    ) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}/p", 3600, store_server.environ())
        store_server.put(name, key, b"x")
        with pytest.raises(NotPublished, match="was not removed: it"):
            bucket.remove(Published("", f"s3://{name}/{key}", removable=True, key=key, sha256=sha256))
        assert store_server.keys(name) == [key]

    def test_asks_for_one_object_as_not_every_store_knows_more(self) -> None:
        heads: list[str] = []
        with serving(remembering(heads, saying(answer(b"", status="204 No Content")))) as server:
            impatient({**KEYS, "AWS_ENDPOINT_URL": server}).remove(
                Published("", f"s3://bucket-1/{KEY}", True, key=KEY, sha256=SHA256)
            )
        assert [head.split(" ")[:2] for head in heads] == [["DELETE", f"/bucket-1/{KEY}"]]

    def test_that_fails_is_told_without_secrets(self, store_server: StoreServer) -> None:
        bucket = Bucket.of("s3://no-such-bucket-here", 3600, store_server.environ())
        bucket.remove(
            Published("", f"s3://no-such-bucket-here/{KEY}", removable=True, key=KEY, sha256=SHA256)
        )  # gone with its bucket
        down = impatient({**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
        with pytest.raises(NotPublished, match=r"s3://bucket-1/.* was not removed: 127\.0\.0\.1:9 did not"):
            down.remove(Published("", f"s3://bucket-1/{KEY}", removable=True, key=KEY, sha256=SHA256))

    def test_of_what_lies_in_another_bucket_touches_nothing_in_this_one(
        self, store_server: StoreServer
    ) -> None:
        name = store_server.make_bucket()
        bucket = Bucket.of(f"s3://{name}", 3600, store_server.environ())
        key = published(bucket).key
        with pytest.raises(NotPublished, match=rf"was not removed: it lies elsewhere than in s3://{name}\."):
            bucket.remove(Published("", f"s3://another/{key}", removable=True, key=key))
        assert store_server.keys(name) == [key]


class TestWhatGoesWrong:
    def test_the_file_changed_and_nothing_is_put(self, store_server: StoreServer, tmp_path: Path) -> None:
        name = store_server.make_bucket()
        path = tmp_path / "a.png"
        path.write_bytes(BODY + b"\0")
        with pytest.raises(FileChanged, match="has changed since it was judged"):
            published(Bucket.of(f"s3://{name}", 3600, store_server.environ()), path)
        assert store_server.keys(name) == []

    def test_no_bucket(self, store_server: StoreServer) -> None:
        bucket = Bucket.of("s3://no-such-bucket-here/p", 3600, store_server.environ())
        assert refused(bucket) == (
            f"{PICTURE} was not published to s3://no-such-bucket-here/p: there is no such bucket."
        )

    def test_credentials_that_are_not_taken(self) -> None:
        with running(checks_credentials=True) as server:
            said = refused(Bucket.of(f"s3://{server.make_bucket()}", 3600, server.environ()))
        assert said.endswith("the credentials are not taken (InvalidAccessKeyId).")

    def test_what_stops_every_file_is_asked_once(self) -> None:
        heads: list[str] = []
        error = b"<Error><Code>SignatureDoesNotMatch</Code><StringToSign>QZQ</StringToSign></Error>"
        with serving(remembering(heads, saying(answer(error, status="403 Forbidden")))) as server:
            bucket = impatient({**KEYS, "AWS_ENDPOINT_URL": server})
            first = refused(bucket)
            asked = len(heads)
            assert first.endswith("the credentials are not taken (SignatureDoesNotMatch).")
            assert refused(bucket) == first
        assert asked == len(heads) == 2  # whether it is there, and putting it
        assert [head.split(" ")[0] for head in heads] == ["HEAD", "PUT"]

    @pytest.mark.parametrize(
        ("status", "code", "words"),
        [
            ("403 Forbidden", "AccessDenied", "the credentials do not allow that (AccessDenied)"),
            ("403 Forbidden", "", "the credentials do not allow that (status 403)"),
            ("400 Bad Request", "ExpiredToken", "the credentials are not taken (ExpiredToken)"),
            (
                "400 Bad Request",
                "AuthorizationHeaderMalformed",
                "the bucket lies in another region (AuthorizationHeaderMalformed): set AWS_REGION",
            ),
            (
                "403 Forbidden",
                "RequestTimeTooSkewed",
                "the clock of this machine is wrong (RequestTimeTooSkewed)",
            ),
            ("400 Bad Request", "EntityTooLarge", "the store answered with status 400 (EntityTooLarge)"),
            ("507 Full", "", "the store answered with status 507"),
        ],
    )
    def test_a_refusal_in_words(self, status: str, code: str, words: str) -> None:
        error = f"<Error><Code>{code}</Code><Message>QZQ</Message></Error>".encode() if code else b""

        def talk(connection: socket.socket, head: str) -> None:
            missing = head.startswith("HEAD")
            connection.sendall(answer(b"" if missing else error, status="404 No" if missing else status))

        with serving(talk) as server:
            assert refused(impatient({**KEYS, "AWS_ENDPOINT_URL": server})).endswith(f": {words}.")

    @pytest.mark.parametrize(("status", "in_doubt"), [("403 Forbidden", False), ("500 Oops", True)])
    def test_whether_the_file_may_lie_there_all_the_same(self, status: str, in_doubt: bool) -> None:
        def talk(connection: socket.socket, head: str) -> None:
            connection.sendall(answer(b"", status="404 No" if head.startswith("HEAD") else status))

        with serving(talk) as server, pytest.raises(NotPublished) as caught:
            published(impatient({**KEYS, "AWS_ENDPOINT_URL": server}))
        assert isinstance(caught.value, MaybePublished) == in_doubt
        assert not in_doubt or vars(caught.value)["key"] == KEY

    def test_a_store_that_is_down(self) -> None:
        with serving(saying()) as server:
            pass
        began = time.monotonic()
        said = refused(impatient({**KEYS, "AWS_ENDPOINT_URL": server}))
        assert said.endswith(f": {urlsplit(server).netloc} did not answer.")
        assert time.monotonic() - began < 5

    def test_a_store_that_says_nothing_is_given_up(self) -> None:
        heads: list[str] = []
        with serving(remembering(heads, saying_nothing)) as server:
            began = time.monotonic()
            assert "did not answer" in refused(impatient({**KEYS, "AWS_ENDPOINT_URL": server}))
        assert time.monotonic() - began < 5
        assert len(heads) == 1


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have some: obstore reads them from the process's environment."""
    import os

    for name in os.environ:
        if name.startswith(("AWS_", "GOOGLE_", "AZURE_")):
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("no_credentials")
class TestNoCredentials:
    """Off Amazon's machines nobody runs the service that hands them out there: asking it must end."""

    @pytest.mark.parametrize(
        "talk", [saying_nothing, saying(), saying(answer(b"no", status="403 Forbidden"))]
    )
    def test_it_ends_soon_and_says_what_to_set(self, talk: object) -> None:
        with serving(talk) as server:  # type: ignore[arg-type]
            began = time.monotonic()
            bucket = impatient({"AWS_METADATA_ENDPOINT": server})
            said = refused(bucket)
            assert time.monotonic() - began < 5
            assert "no credentials were found that can sign a link: set AWS_ACCESS_KEY_ID and" in said
            began = time.monotonic()
            assert refused(bucket) == said
            assert time.monotonic() - began < 0.2

    def test_half_of_them(self) -> None:
        with pytest.raises(UsageError, match=r"^s3://b-1 cannot be opened: what AWS_ACCESS_KEY_ID say"):
            Bucket.of("s3://b-1", 3600, {"AWS_ACCESS_KEY_ID": "QZQ"})

    def test_azure_needs_an_account(self) -> None:
        with pytest.raises(UsageError, match=r"^az://b-1 cannot be opened: set AZURE_STORAGE_ACCOUNT_NAME"):
            Bucket.of("az://b-1", 3600, {})


class TestAddressesOfBuckets:
    @pytest.mark.parametrize(
        "url",
        [
            "s3://",
            "s3:///prefix",
            "s3:bucket/x",
            "bucket/x",
            "file:///tmp",
            "memory:///",
            "https://bucket.s3.amazonaws.com/x?key=QZQ",
            "s3://QZQ:QZQ@bucket/x",
            "s3://bu cket/x",
            "S3://bucket/x",
            "s3://b",
            "s3://bucket/a\nb",
        ],
    )
    def test_what_names_none(self, url: str) -> None:
        with pytest.raises(UsageError, match="names no bucket: it is written s3://bucket/prefix") as met:
            Bucket.of(url, 3600, KEYS)
        assert "QZQ" not in repr(met.value)

    @pytest.mark.parametrize(
        "prefix", ["a?x=QZQ", "a#QZQ", "two words", "50%", "ü", "a/../b", "..", "./a", "a~b", "a*b"]
    )
    def test_prefixes_that_links_would_write_in_another_way(self, prefix: str) -> None:
        with pytest.raises(UsageError, match="cannot be used: of a prefix") as met:
            Bucket.of(f"s3://bucket/{prefix}", 3600, KEYS)
        assert "QZQ" not in repr(met.value)

    @pytest.mark.parametrize("seconds", [0, -1, 604_801])
    def test_lives_that_no_link_has(self, seconds: float) -> None:
        with pytest.raises(UsageError, match=r"link-life is .* up to 604800 s \(7 days\)"):
            Bucket.of("s3://bucket", seconds, KEYS)


def service_account() -> str:
    """A key that no account has."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "private_key": key.decode(),
        "private_key_id": "QZQ",
        "client_email": "tests@project.iam.gserviceaccount.com",
    }
    return json.dumps(account)


AZURE = {
    "AZURE_STORAGE_ACCOUNT_NAME": "account",
    "AZURE_STORAGE_ACCOUNT_KEY": base64.b64encode(b"QZQ" * 20).decode(),
}


LAST = "Connection: close"  # or a request that is not repeated may go to a connection that is being closed


class AzureStandIn:
    """One blob's place, over HTTP as Azure speaks it: enough for our own requests."""

    def __init__(self) -> None:
        self.blob: bytes | None = None
        self.headers: list[str] = []

    def talk(self, connection: socket.socket, head: str) -> None:
        method = head.split(" ", maxsplit=1)[0]
        if method in ("PUT", "POST"):
            body = received(connection, head)
            connection.sendall(self.put(head, body) if method == "PUT" else self.batch())
        elif self.blob is None:
            connection.sendall(answer(b"", LAST, status="404 The specified blob does not exist"))
        else:
            about = (LAST, 'ETag: "x"', "Last-Modified: Mon, 23 Nov 2026 02:00:00 GMT", *self.headers)
            sent = b"" if method == "HEAD" else self.blob
            connection.sendall(answer(sent, *about, length=len(self.blob)))

    def put(self, head: str, body: bytes) -> bytes:
        self.blob = body
        kept = re.findall(r"(?im)^(x-ms-blob-content-type|x-ms-meta-[a-z0-9]+): ([^\r]*)\r$", head)
        self.headers = [f"{name.replace('x-ms-blob-', '')}: {value}" for name, value in kept]
        return answer(b"", LAST, 'ETag: "x"', status="201 Created")

    def batch(self) -> bytes:
        """It deletes in batches only."""
        status = "404 The specified blob does not exist" if self.blob is None else "202 Accepted"
        self.blob = None
        lines = ["--b", "Content-Type: application/http", "Content-ID: 0", "", f"HTTP/1.1 {status}"]
        body = "\r\n".join([*lines, "Content-Length: 0", "", "", "--b--", ""]).encode()
        return answer(body, LAST, "Content-Type: multipart/mixed; boundary=b", status="202 Accepted")


def received(connection: socket.socket, head: str) -> bytes:
    """A request's body, of which some may have come with its head."""
    length = int(re.findall(r"(?i)content-length: (\d+)", head)[0])
    body = head.encode("latin-1").partition(b"\r\n\r\n")[2]
    while len(body) < length:
        body += connection.recv(65_536)
    return body


class TestOtherClouds:
    """Without an account: Azure's requests go to a server of ours, which checks no signature.

    Google's would ask for a token on the internet first, so that of them only the link is looked at.
    """

    def test_azure(self) -> None:
        store = AzureStandIn()
        with serving(store.talk) as server:
            environ = {**AZURE, "AZURE_STORAGE_ENDPOINT": server}
            bucket = Bucket.of("az://container/p", 3600, environ)
            given = published(bucket)
            assert (given.shown, given.reused) == (f"az://container/p/{NAME}.png", False)
            assert store.blob == BODY
            assert urlsplit(given.url).path == f"/container/p/{NAME}.png"
            assert "content-type: image/png" in store.headers
            assert published(bucket).reused
            with same_bytes_check(Config(allow_private_hosts=True), default_profile()) as same_bytes:
                same_bytes(given.url, SHA256)
            bucket.remove(given)
            assert store.blob is None
            bucket.remove(given)

    def test_azures_link(self) -> None:
        bucket = Bucket.of("az://container/p", 3600, AZURE)
        query = parse_qs(urlsplit(bucket._signed("a.png", f"p/{NAME}.png")).query)  # noqa: SLF001 - offline
        assert (query["sp"], query["sr"]) == (["r"], ["b"])
        ends, starts = (datetime.fromisoformat(query[name][0]) for name in ("se", "st"))
        assert Fraction((ends - starts).total_seconds()) == 3600
        assert "QZQ" not in str(query)

    def test_googles_link(self) -> None:
        bucket = Bucket.of("gs://bucket/p", 3600, {"GOOGLE_SERVICE_ACCOUNT_KEY": service_account()})
        url = urlsplit(bucket._signed("a.png", f"p/{NAME}.png"))  # noqa: SLF001 - offline
        assert (url.netloc, url.path) == ("storage.googleapis.com", f"/bucket/p/{NAME}.png")
        query = parse_qs(url.query)
        assert query["X-Goog-Expires"] == ["3600"]
        assert query["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"]

    def test_google_from_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "key.json").write_text(service_account())
        environ = {"GOOGLE_SERVICE_ACCOUNT": str(tmp_path / "key.json")}
        assert "X-Goog-Signature" in Bucket.of("gs://bucket", 60, environ)._signed("a", "b")  # noqa: SLF001

    def test_a_file_that_holds_no_key(self, tmp_path: Path) -> None:
        (tmp_path / "key.json").write_text('{"private_key": "QZQ"}')
        environ = {"GOOGLE_SERVICE_ACCOUNT": str(tmp_path / "key.json")}
        with pytest.raises(UsageError, match="what GOOGLE_SERVICE_ACCOUNT say cannot be used") as met:
            Bucket.of("gs://bucket", 60, environ)
        assert "QZQ" not in "".join(traceback.format_exception(met.value))
