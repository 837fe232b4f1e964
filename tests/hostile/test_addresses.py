"""Rows 1 to 20: addresses. Refused means that no connection is even tried, and that a finding says why."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import trustme

import validator
from tests.hostile.lint import codes, judged, words
from tests.hostile.network import (
    Names,
    certified,
    connections,
    header,
    lenient,
    names,
    nobody_comes,
    redirecting,
    server,
    showing,
    strict,
)
from tests.intake.servers import answer, saying
from tests.nobody import IGNORED, NOBODY, PEOPLE
from validator import AssetReport, Config, Verdict
from validator.intake.address import HostGuard
from validator.intake.transport import NetworkTransport

OPEN = Config(ignore=PEOPLE, allow_private_hosts=True)
SECRET = "QXZ7SECRET"  # noqa: S105 - a word to look for


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def nothing_is_reached() -> Iterator[None]:
    with connections() as tried:
        yield
        assert tried == []


def refused(result: AssetReport, code: str, *said: str) -> None:
    """The verdict is that of this rule, and the report says these words."""
    assert result.verdict is Verdict.FAIL
    assert codes(result) == {code}
    for each in said:
        assert each in words(result)


def finding(result: AssetReport, code: str) -> str:
    (found,) = (each for each in result.findings if each.code == code)
    return found.message


@pytest.mark.usefixtures("nothing_is_reached")
class TestRefusedByTheUrlAlone:
    @pytest.mark.parametrize(
        ("url", "scheme"),
        [
            ("file:///etc/passwd", "file"),
            ("file://localhost/etc/passwd", "file"),
            ("ftp://ftp.example/a.png", "ftp"),
            ("gopher://gopher.example/1", "gopher"),
            ("data://text/plain;base64,aGk=", "data"),
        ],
    )
    def test_row_01_other_schemes(self, url: str, scheme: str) -> None:
        refused(judged(url, OPEN), "URL001", f"its scheme is {scheme}")

    def test_row_01_a_data_url_is_a_file_name_and_in_a_list_no_url(self, tmp_path: Path) -> None:
        data = "data:image/png;base64,iVBORw0KGgo="
        refused(judged(data), "FIL001")
        path = tmp_path / "assets.json"
        path.write_text(json.dumps([{"url": data}]))
        refused(judged(path), "URL001", "it does not begin with https://")

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.1.2.3", "127.255.255.255", "[::1]", "0.0.0.0", "0.1.2.3", "[::]", "localhost"],  # noqa: S104
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_row_02_this_machine(self, scheme: str, host: str) -> None:
        refused(judged(f"{scheme}://{host}/a.png"), "URL002", "not public")

    @pytest.mark.parametrize(
        "host", ["10.0.0.5", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1"]
    )
    def test_row_03_private_networks(self, host: str) -> None:
        refused(judged(f"https://{host}/a.png"), "URL002", f"{host}, a private network (RFC 1918)")

    @pytest.mark.parametrize("config", [NOBODY, OPEN], ids=["strict", "lenient"])
    @pytest.mark.parametrize(
        ("host", "provider"),
        [
            ("169.254.169.254", "AWS, Google Cloud, Azure"),
            ("169.254.170.2", "AWS ECS"),
            ("169.254.7.7", "link-local"),
            ("100.100.100.200", "Alibaba"),
            ("100.96.0.96", "Volcengine"),
            ("168.63.129.16", "Azure"),
            ("192.0.0.192", "Oracle"),
            ("[fd00:ec2::254]", "AWS"),
            ("[fd00:ec2::23]", "AWS EKS"),
            ("[fd20:ce::254]", "Google Cloud"),
            ("[fd00:42::42]", "Scaleway"),
            ("[::ffff:169.254.169.254]", "169.254.169.254 inside IPv6"),
            ("[64:ff9b::100.100.100.200]", "Alibaba"),
            ("2852039166", "169.254.169.254"),
            ("0xa9.254.0251.254", "169.254.169.254"),
            ("metadata.google.internal", "Google Cloud"),
        ],
    )
    def test_row_04_metadata_whatever_is_permitted(self, config: Config, host: str, provider: str) -> None:
        result = judged(f"http://{host}/latest/meta-data/", config)
        refused(result, "URL002", "no option permits", provider)

    @pytest.mark.parametrize("host", ["100.64.0.1", "100.127.255.255"])
    def test_row_05_carrier_grade_nat(self, host: str) -> None:
        refused(judged(f"https://{host}/a.png"), "URL002", f"{host}, carrier-grade NAT (RFC 6598)")

    @pytest.mark.parametrize("host", ["::ffff:127.0.0.1", "::FFFF:7f00:1", "0:0:0:0:0:ffff:7f00:0001"])
    def test_row_06_loopback_mapped_into_ipv6(self, host: str) -> None:
        refused(judged(f"http://[{host}]/a.png"), "URL002", "127.0.0.1 inside IPv6, loopback (RFC 1122)")

    @pytest.mark.parametrize(
        "host",
        [
            "2002:a00:5::1",  # 6to4 around 10.0.0.5
            "2001:0:a00:5::f5ff:fffa",  # Teredo, 10.0.0.5 as its server and its client
            "2001:0:101:101::f5ff:fffa",  # Teredo, 10.0.0.5 as its client
            "64:ff9b::10.0.0.5",  # NAT64
            "64:ff9b:1::10.0.0.5",  # NAT64 inside one network
            "2606:4700::5efe:10.0.0.5",  # ISATAP
            "2606:4700::200:5efe:10.0.0.5",
            "::ffff:0:10.0.0.5",  # SIIT
            "::10.0.0.5",  # IPv4-compatible
        ],
    )
    def test_row_07_private_inside_transition_forms(self, host: str) -> None:
        result = judged(f"http://[{host}]/a.png")
        refused(result, "URL002")
        assert "10.0.0.5 inside IPv6" in words(result) or host.startswith("64:ff9b:1:")

    @pytest.mark.parametrize(
        ("host", "code", "said"),
        [
            ("fc00::1", "URL002", "unique local"),
            ("fdff:ffff::1", "URL002", "unique local"),
            ("fe80::1", "URL002", "link-local"),
            ("febf::1", "URL002", "link-local"),
            ("fe80::1%25eth0", "URL001", "a zone"),
            ("fe80::1%eth0", "URL001", "a zone"),
        ],
    )
    def test_row_08_unique_and_link_local_also_with_a_zone(self, host: str, code: str, said: str) -> None:
        refused(judged(f"http://[{host}]/a.png"), code, said)

    @pytest.mark.parametrize(
        "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "017700000001", "127.0.0.1."]
    )
    def test_row_09_numbers_as_hosts(self, host: str) -> None:
        refused(judged(f"http://{host}/a.png"), "URL002", "127.0.0.1, loopback (RFC 1122)")

    @pytest.mark.parametrize("host", ["256.1.1.1", "1.2.3.4.5", "0x100000000", "127.0.0.08", "a.1"])
    def test_row_09_numbers_that_are_no_address(self, host: str) -> None:
        refused(judged(f"http://{host}/a.png"), "URL001", "no IPv4 address")

    @pytest.mark.parametrize("user", ["ada:" + SECRET, SECRET, f"{SECRET}:", ""])
    def test_row_15_user_and_password(self, user: str) -> None:
        result = judged(f"https://{user}@1.1.1.1/a.png", OPEN)
        refused(result, "URL007", "a user or a password")
        assert SECRET not in " ".join(each.message for each in result.findings)

    @pytest.mark.parametrize(
        "url",
        [
            "https://host.example/\0a.png",
            "https://host.example/a\r\nX-Evil: 1",
            "https://host.example\n/a.png",
            "https://host.example/a\tb.png",
            "https://host\0.example/",
            "https://host.example/\x1b[31m",
            "https://127.0.0.1\uff0fa.png",
            "https://host.example\\@127.0.0.1/",
            "https://1.1.1.1 @127.0.0.1/",
        ],
    )
    def test_row_16_control_characters_and_what_parsers_disagree_on(self, url: str) -> None:
        refused(judged(url, OPEN), "URL001")

    @pytest.mark.parametrize(
        "host", ["localhost.", "10.0.0.5.", "\uff11\uff10\u30020\uff0e0\uff615", "LOCALHOST."]
    )
    def test_row_16_a_trailing_dot_and_look_alike_digits_hide_nothing(self, host: str) -> None:
        refused(judged(f"http://{host}/a.png"), "URL002")

    @pytest.mark.parametrize("port", [22, 25, 6379, 9200, 65535])
    def test_row_17_unusual_ports(self, port: int) -> None:
        refused(judged(f"https://1.1.1.1:{port}/a.png"), "URL012", f"{port}, not one of 80, 443, 8080, 8443")
        refused(judged(f"https://1.1.1.1:{port}/a.png", OPEN), "URL012")


class TestRefusedByTheLookUp:
    @pytest.mark.parametrize("bad", ["10.0.0.5", "127.0.0.1", "::1", "fe80::1%eth0", "169.254.169.254"])
    @pytest.mark.parametrize("first", [True, False])
    @pytest.mark.usefixtures("nothing_is_reached")
    def test_row_10_one_bad_record_is_enough(self, bad: str, first: bool) -> None:
        records = [bad, "1.1.1.1"] if first else ["1.1.1.1", bad]
        resolve = Names({"mixed.example": [records]})
        result = judged("https://mixed.example/a.png", transport=strict(resolve))
        refused(result, "URL002", f"mixed.example → {bad}, ")
        assert resolve.asked == ["mixed.example"]

    def test_row_10_and_the_server_behind_it_sees_nobody(self) -> None:
        with nobody_comes() as port:
            resolve = Names({"mixed.example": [["127.0.0.1", "1.1.1.1"]]})
            refused(judged(f"http://mixed.example:{port}/", transport=strict(resolve, port)), "URL002")
            refused(judged(f"http://127.0.0.1:{port}/", Config(ignore=PEOPLE, ports=(port,))), "URL002")

    @pytest.mark.parametrize(
        ("records", "error"),
        [
            ((), None),
            (("nonsense",), None),
            (("1.1.1.1%eth0",), None),
            ((), UnicodeError("label too long")),
            ((), OSError(5, "Input/output error")),
            ((), ValueError("embedded null byte")),
        ],
    )
    @pytest.mark.usefixtures("nothing_is_reached")
    def test_row_10_a_look_up_that_brings_nothing_or_nonsense(
        self, records: tuple[str, ...], error: Exception | None
    ) -> None:
        def odd(_host: str, _port: int) -> tuple[str, ...]:
            if error is not None:
                raise error
            return records

        result = judged("https://odd.example/a.png", transport=strict(odd))
        refused(result, "URL003", "could not be resolved")

    def test_row_11_the_connection_goes_to_the_address_that_was_checked(self, ca: trustme.CA) -> None:
        heads: list[str] = []
        asked_for: list[str | None] = []
        resolve = Names({"cdn.example": [["127.0.0.1"]]})
        with (
            server(showing(heads), certified(ca, "cdn.example", asked_for=asked_for)) as port,
            connections() as tried,
        ):
            url = f"https://cdn.example:{port}/a.png"
            result = judged(url, OPEN, transport=lenient(resolve, ca))
        assert result.verdict is Verdict.PASS
        assert set(tried) == {("127.0.0.1", port)}
        assert len(tried) == len(heads) == len(resolve.asked)  # one look-up a connection, and no other
        assert {header(head, "Host") for head in heads} == {f"cdn.example:{port}"}
        assert set(asked_for) == {"cdn.example"}

    def test_row_11_another_answer_at_the_second_look_up_is_judged_anew(self) -> None:
        heads: list[str] = []
        resolve = Names({"rebound.example": [["127.0.0.1"], ["169.254.169.254"]]})
        with server(redirecting("/latest/meta-data/", heads)) as port, connections() as tried:
            result = judged(f"http://rebound.example:{port}/a.png", transport=lenient(resolve))
        refused(result, "URL002", "rebound.example → 169.254.169.254, the metadata service")
        assert tried == [("127.0.0.1", port)]
        assert len(heads) == 1
        assert resolve.asked == ["rebound.example"] * 2

    @pytest.mark.parametrize(
        "location",
        [
            "http://169.254.169.254/latest/",
            "//169.254.169.254/",
            "http://metadata.example/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://0xa9fea9fe/",
        ],
    )
    def test_row_12_every_hop_is_checked(self, location: str) -> None:
        resolve = names(cdn="127.0.0.1", metadata="169.254.169.254")
        with server(redirecting(location)) as port, connections() as tried:
            result = judged(f"http://cdn.example:{port}/a.png?{SECRET}", transport=lenient(resolve))
        refused(result, "URL002", f"(http://cdn.example:{port}/a.png?… → http://", ": ", "169.254.169.254")
        assert tried == [("127.0.0.1", port)]
        assert SECRET not in finding(result, "URL002")

    @pytest.mark.usefixtures("nothing_is_reached")
    def test_row_12_also_where_somebody_elses_transport_connects(self) -> None:
        asked: list[str] = []

        def redirect(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(302, headers={"Location": "https://10.0.0.5/admin"})

        result = judged("https://public.example/a.png", transport=httpx.MockTransport(redirect))
        refused(
            result, "URL002", "https://public.example/a.png → https://10.0.0.5/admin: 10.0.0.5, a private"
        )
        assert asked == ["https://public.example/a.png"]

    def test_row_12_a_redirect_with_user_and_password_is_refused(self) -> None:
        resolve = names(cdn="127.0.0.1")
        with server(redirecting(f"http://ada:{SECRET}@cdn.example/")) as port:
            result = judged(f"http://cdn.example:{port}/a.png", transport=lenient(resolve))
        refused(result, "URL007", f"http://cdn.example:{port}/a.png → http://cdn.example/")
        assert SECRET not in words(result)

    def test_row_12_nothing_secret_goes_along_to_another_host(self) -> None:
        here: list[str] = []
        there: list[str] = []
        resolve = names(here="127.0.0.1", there="127.0.0.1")
        with (
            server(showing(there)) as second,
            server(redirecting(f"http://there.example:{second}/b", here)) as first,
        ):
            result = judged(f"http://here.example:{first}/a.png?{SECRET}", transport=lenient(resolve))
        assert result.verdict is Verdict.PASS
        assert there
        for head in there:
            assert SECRET not in head
            for name in ("Authorization", "Referer", "Cookie", "Proxy-Authorization", "Origin"):
                assert header(head, name) is None

    def test_row_13_down_to_http_is_refused(self, ca: trustme.CA) -> None:
        with nobody_comes() as plain:
            talk = redirecting(f"http://cdn.example:{plain}/a.png")
            with server(talk, certified(ca, "cdn.example")) as port:
                url = f"https://cdn.example:{port}/a.png"
                result = judged(url, transport=lenient(names(cdn="127.0.0.1"), ca))
        refused(result, "URL004", "from https down to http")

    def test_row_14_a_loop(self) -> None:
        with server(redirecting("/a.png")) as port:
            result = judged(f"http://127.0.0.1:{port}/a.png", OPEN)
        refused(result, "URL004", "in a circle")

    def test_row_14_more_than_five_hops(self) -> None:
        heads: list[str] = []

        def on(connection: socket.socket, head: str) -> None:
            redirecting(f"/{len(heads) + 1}", heads)(connection, head)

        with server(on) as port:
            result = judged(f"http://127.0.0.1:{port}/0", OPEN)
        refused(result, "URL004", "more than 5 times")
        assert len(heads) == 6


class TestWhatIsSaid:
    def test_row_15_secrets_of_a_query_are_warned_of_and_not_shown(self) -> None:
        query = f"w=3&api_key={SECRET}&v={SECRET}#{SECRET}"
        with server(showing()) as port:
            result = judged(f"http://127.0.0.1:{port}/a.png?{query}", OPEN)
        assert result.verdict is Verdict.PASS
        assert "URL007" in codes(result, "warning")
        assert finding(result, "URL007").endswith("a secret that lasts (api_key).")
        said = [each.message for each in result.findings] + [str(result.facts.values())]
        assert SECRET not in " ".join(said)

    @pytest.mark.parametrize("form", ["text", "json"])
    def test_row_15_nothing_that_the_command_prints_holds_a_secret(self, form: str) -> None:
        with server(saying(answer(b"", status="404 Not Found"))) as port:
            urls = [
                f"http://ada:{SECRET}@127.0.0.1:{port}/a.png",
                f"http://127.0.0.1:{port}/a.png?token={SECRET}#{SECRET}",
                f"http://127.0.0.1:{port}/a b.png?token={SECRET}",
                f"https://ada:{SECRET}\uff20host.example/",
            ]
            done = command("--output-format", form, "--allow-private-hosts", "--show-passing", *urls)
        assert done.returncode == 1
        assert "URL007" in done.stdout
        assert SECRET not in done.stdout + done.stderr

    def test_row_16_letters_that_look_alike_are_shown_as_punycode(self) -> None:
        spoof = "\u0430pple.example"  # its first letter is Cyrillic
        done = command(f"https://{spoof}:1/a.png")
        assert done.returncode == 1
        assert "https://xn--pple-43d.example:1/a.png" in done.stdout
        assert spoof not in done.stdout

    def test_row_16_a_name_with_a_trailing_dot_is_sent_without(self, ca: trustme.CA) -> None:
        heads: list[str] = []
        asked_for: list[str | None] = []
        tls = certified(ca, "cdn.example", asked_for=asked_for)
        with server(showing(heads), tls) as port:
            url = f"https://cdn.example.:{port}/a.png"
            result = judged(url, transport=lenient(names(cdn="127.0.0.1"), ca))
        assert result.verdict is Verdict.PASS
        assert {header(head, "Host") for head in heads} == {f"cdn.example:{port}"}
        assert set(asked_for) == {"cdn.example"}

    def test_row_16_a_name_in_another_script_is_looked_up_and_sent_as_punycode(self, ca: trustme.CA) -> None:
        heads: list[str] = []
        with server(showing(heads), certified(ca, "xn--bcher-kva.example")) as port:
            resolve = Names({"xn--bcher-kva.example": [["127.0.0.1"]]})
            result = judged(f"https://b\u00fccher.example:{port}/a", transport=lenient(resolve, ca))
        assert result.verdict is Verdict.PASS
        assert {header(head, "Host") for head in heads} == {f"xn--bcher-kva.example:{port}"}

    def test_row_17_a_configured_port_is_used(self) -> None:
        with server(showing()) as port:
            url = f"http://127.0.0.1:{port}/a.png"
            assert codes(judged(url)) == {"URL002"}  # of an address, that it is private comes first
            name = f"http://localhost:{port}/a.png"
            assert codes(judged(name)) == {"URL012"}
            assert codes(judged(name, Config(ignore=PEOPLE, ports=(port,)))) == {"URL002"}
            result = judged(url, OPEN)
        assert result.verdict is Verdict.PASS
        note = "The host was not required to be public (127.0.0.1, loopback (RFC 1122))."
        assert finding(result, "URL002") == note

    def test_the_switch_is_seen_in_the_report(self) -> None:
        with server(showing()) as port:
            done = command("--allow-private-hosts", f"http://127.0.0.1:{port}/a.png")
        assert done.returncode == 0
        assert "note    URL002 url-private  The host was not required to be public (127.0.0.1" in done.stdout


class TestTheEnvironment:
    def test_row_18_proxies_are_ignored(self) -> None:
        heads: list[str] = []
        with nobody_comes() as proxy, server(showing(heads)) as port:
            address = f"http://ada:{SECRET}@127.0.0.1:{proxy}"
            variables = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
            proxies = dict.fromkeys(variables, address)
            url = f"http://127.0.0.1:{port}/a.png"
            done = command("--allow-private-hosts", url, env=proxies)
            assert done.returncode == 0
            assert command(url, env={**proxies, "NO_PROXY": "*", "no_proxy": "127.0.0.1"}).returncode == 1
        assert heads
        assert SECRET not in done.stdout + done.stderr

    def test_row_18_a_netrc_is_ignored(self, tmp_path: Path) -> None:
        netrc = tmp_path / ".netrc"
        netrc.write_text(f"machine 127.0.0.1 login ada password {SECRET}\n")
        netrc.chmod(0o600)
        heads: list[str] = []
        with server(showing(heads)) as port:
            env = {"HOME": str(tmp_path), "NETRC": str(netrc)}
            assert command("--allow-private-hosts", f"http://127.0.0.1:{port}/a.png", env=env).returncode == 0
        assert heads
        assert all(header(head, "Authorization") is None for head in heads)

    def test_row_18_certificates_and_key_logs_of_the_environment_are_ignored(
        self, ca: trustme.CA, tmp_path: Path
    ) -> None:
        authority, keys = tmp_path / "ca.pem", tmp_path / "keys.log"
        ca.cert_pem.write_to_path(str(authority))
        env = {
            "SSL_CERT_FILE": str(authority),
            "SSL_CERT_DIR": str(tmp_path),
            "REQUESTS_CA_BUNDLE": str(authority),
            "CURL_CA_BUNDLE": str(authority),
            "SSLKEYLOGFILE": str(keys),
        }
        heads: list[str] = []
        with server(showing(heads), certified(ca, "127.0.0.1")) as port:
            done = command("--allow-private-hosts", f"https://127.0.0.1:{port}/a.png", env=env)
        assert done.returncode == 1
        assert "URL003" in done.stdout
        assert heads == []
        assert not keys.exists()


class TestCertificates:
    @pytest.mark.parametrize("config", [NOBODY, OPEN, Config(ignore=PEOPLE, ports=(1,))])
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("expired", "certificate has expired"),
            ("wrong host", "certificate is not valid for 'cdn.example'"),
            ("self-signed", "self-signed certificate"),
            ("unknown authority", "unable to get local issuer certificate"),
        ],
    )
    def test_row_19_a_bad_one_is_found_and_there_is_no_way_around(
        self, config: Config, kind: str, said: str, ca: trustme.CA
    ) -> None:
        servers: dict[str, Callable[[], ssl.SSLContext]] = {
            "expired": lambda: certified(ca, "cdn.example", until=datetime(2021, 1, 1, tzinfo=UTC)),
            "wrong host": lambda: certified(ca, "other.example"),
            "self-signed": self_signed,
            "unknown authority": lambda: certified(trustme.CA(), "cdn.example"),
        }
        heads: list[str] = []
        with server(showing(heads), servers[kind]()) as port:
            url = f"https://cdn.example:{port}/a.png"
            result = judged(url, config, transport=lenient(names(cdn="127.0.0.1"), ca))
        assert codes(result) == {"URL003"}
        assert said in finding(result, "URL003")
        assert heads == []  # not a byte of a request


class TestConnections:
    def test_row_20_none_is_kept_for_another_request(self) -> None:
        heads: list[str] = []

        def talk(connection: socket.socket, head: str) -> None:
            showing(heads, "Connection: keep-alive", "Keep-Alive: timeout=60")(connection, head)
            connection.recv(1)  # stays, until the client goes

        resolve = names(a="127.0.0.1", b="127.0.0.1")
        with server(talk) as port, connections() as tried:
            urls = [f"http://{host}.example:{port}/{name}.png" for host, name in ("aa", "bb", "ac")]
            report = validator.lint(urls, NOBODY, transport=lenient(resolve))
        assert [result.verdict for result in report] == [Verdict.PASS] * 3
        assert len(tried) == len(heads) == len(resolve.asked) == 6  # two requests for each

    def test_row_20_within_one_run_each_request_is_checked(self) -> None:
        heads: list[str] = []
        resolve = names(a="127.0.0.1")
        transport = NetworkTransport(HostGuard(allow_private=True, resolve=resolve))
        with server(showing(heads, "Connection: keep-alive")) as port, connections() as tried:
            urls = [f"http://a.example:{port}/{number}.png" for number in range(5)]
            report = validator.lint(urls, NOBODY, transport=transport)
        assert report.summary.failed == 0
        assert len(tried) == len(heads) == len(resolve.asked) >= 5


def self_signed() -> ssl.SSLContext:
    """A certificate that nobody vouches for but itself."""
    nobody = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    both = trustme.Blob(nobody.private_key_pem.bytes() + nobody.cert_pem.bytes())
    with both.tempfile() as path:
        context.load_cert_chain(path)
    return context


def command(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`validator lint` as a process, its output as text."""
    return subprocess.run(
        [sys.executable, "-m", "validator", "lint", "--no-config", *IGNORED, *arguments],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
