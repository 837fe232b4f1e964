"""What a program calls: one call from targets to outcomes, and the parts of it one by one."""

from __future__ import annotations

import asyncio
import inspect
import re
import textwrap
import threading
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

import validator.upload
from tests.cli.media import photo
from tests.nobody import PEOPLE
from tests.service.fixture import ServiceAccount
from tests.upload.driving import KEY, Asked, listed, refuses, says, scripted
from validator import Config, ServiceSettings, UploadSettings, Verdict
from validator.errors import AuthenticationError, Cancelled, ConfigError, NotFound, UsageError
from validator.upload import AssetClient, AssetsNotActive, Event, Journal, Service, Step, aupload, upload


@pytest.fixture
def environ(service: ServiceAccount) -> dict[str, str]:
    service.configure(list_lag=0.0)
    return {"ORCAROUTER_API_KEY": service.key}


@pytest.fixture
def config(tmp_path: Path, service: ServiceAccount, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.chdir(tmp_path)
    photo(tmp_path / "good.png")
    photo(tmp_path / "small.png", (100, 100))
    return Config(
        ignore=PEOPLE,
        allow_private_hosts=True,
        service=ServiceSettings(base_url=service.base_url),
        upload=UploadSettings(public_url=service.serve(tmp_path), list_lag=0.2, journal="j.sqlite3"),
    )


class TestUpload:
    def test_goes_all_the_way(
        self,
        config: Config,
        environ: dict[str, str],
        service: ServiceAccount,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        told: list[Event] = []
        done = upload("good.png", config, new_group="Ada", environ=environ, on_event=told.append)
        assert done.raise_for_errors() is done
        (outcome,) = done.outcomes
        (held,) = service.assets()
        assert outcome.reference == f"asset://{held['Id']}"
        assert (done.group.id, done.group.name) == (held["GroupId"], "Ada")
        assert [result.verdict for result in done.results] == [Verdict.PASS]
        assert {Step.PUBLISHED, Step.CREATED, Step.ACTIVE} <= {event.step for event in told}
        assert capfd.readouterr() == ("", "")
        assert Path("j.sqlite3").is_file()

    def test_again_makes_nothing(
        self, config: Config, environ: dict[str, str], service: ServiceAccount
    ) -> None:
        first = upload(["good.png"], config, new_group="Ada", environ=environ)
        again = upload(iter([Path("good.png")]), config, new_group="Ada", environ=environ)
        other = upload("good.png", config, group_id=first.group.id, environ=environ)
        assert [outcome.outcome for outcome in (*again.outcomes, *other.outcomes)] == ["already-active"] * 2
        assert len(service.assets()) == 1

    def test_raises_for_what_is_not_active_and_keeps_it(
        self, config: Config, environ: dict[str, str]
    ) -> None:
        done = upload(["good.png", "small.png"], config, new_group="Ada", environ=environ)
        assert [outcome.outcome for outcome in done.outcomes] == ["active", "not-forwarded"]
        with pytest.raises(AssetsNotActive, match=r"^1 of 2 assets are Active$") as error:
            done.raise_for_errors()
        assert error.value.upload is done

    def test_does_not_wait_if_it_is_told_so(self, config: Config, environ: dict[str, str]) -> None:
        done = upload("good.png", config, new_group="Ada", environ=environ, wait=False)
        assert [outcome.outcome for outcome in done.outcomes] == ["processing"]

    def test_of_what_the_service_prevents_gives_the_error_with_all_outcomes(
        self, config: Config, environ: dict[str, str], service: ServiceAccount
    ) -> None:
        group = upload("good.png", config, new_group="Ada", environ=environ).group
        photo(Path("more.png"), (641, 480))
        service.fail("401", "create-asset", every=True)
        done = upload(["good.png", "more.png"], config, group_id=group.id, environ=environ)
        assert [outcome.outcome for outcome in done.outcomes] == ["already-active", "not-sent"]
        with pytest.raises(AuthenticationError) as error:
            done.raise_for_errors()
        assert error.value is done.error
        assert error.value.outcomes == done.outcomes

    def test_takes_a_client_and_a_journal_that_stay_open(
        self, config: Config, service: ServiceAccount
    ) -> None:
        service.configure(list_lag=0.0)
        nowhere = msgspec.structs.replace(config, service=ServiceSettings())
        given = Service(service.base_url)
        with AssetClient(service.key, service=given) as client, Journal(Path("other.sqlite3")) as journal:
            done = upload("good.png", nowhere, new_group="Ada", client=client, journal=journal, environ={})
            assert client.asset(done.outcomes[0].asset_id).is_active
            assert [entry.asset_id for entry in journal.entries()] == [done.outcomes[0].asset_id]

    def test_fetches_with_the_given_transport_and_closes_it_once(
        self, config: Config, environ: dict[str, str]
    ) -> None:
        transport = Counted()
        done = upload("good.png", config, new_group="Ada", environ=environ, transport=transport)
        assert [outcome.outcome for outcome in done.outcomes] == ["active"]
        assert set(transport.fetched) == {"/good.png"}
        assert transport.closed == 1

    @pytest.mark.parametrize("where", [{}, {"group_id": "group-1", "new_group": "Ada"}])
    def test_wants_one_group(self, where: dict[str, str]) -> None:
        with pytest.raises(UsageError, match="group_id or new_group"):
            upload("good.png", **where)  # type: ignore[arg-type]

    def test_raises_where_there_is_no_such_group(self, config: Config, environ: dict[str, str]) -> None:
        with pytest.raises(NotFound):
            upload("good.png", config, group_id="group-1", environ=environ)

    def test_wants_a_key(self, config: Config) -> None:
        with pytest.raises(UsageError, match="ORCAROUTER_API_KEY"):
            upload("good.png", config, new_group="Ada", environ={})

    def test_types_are_checked(self, config: Config, environ: dict[str, str]) -> None:
        wrong: Any = UploadSettings(quota="many")  # type: ignore[arg-type]
        with pytest.raises(ConfigError, match="quota"):
            upload("good.png", msgspec.structs.replace(config, upload=wrong), new_group="A", environ=environ)

    def test_stops_when_it_is_told_to(self, config: Config, environ: dict[str, str]) -> None:
        stop = threading.Event()
        with pytest.raises(Cancelled):
            upload(
                "good.png",
                config,
                new_group="Ada",
                environ=environ,
                cancel=stop,
                on_event=lambda _: stop.set(),
            )

    def test_asks_nothing_where_it_is_told_to_stop_before(self, config: Config) -> None:
        stop = threading.Event()
        stop.set()
        with scripted(says(listed())) as server:
            config = msgspec.structs.replace(config, service=ServiceSettings(base_url=server.url))
            with pytest.raises(Cancelled):
                upload("good.png", config, new_group="Ada", environ={"ORCAROUTER_API_KEY": KEY}, cancel=stop)
            assert server.asked == []

    def test_hears_that_it_is_to_stop_while_the_service_wants_a_pause(self, config: Config) -> None:
        stop = threading.Event()

        def slow(_: Asked) -> bytes:
            stop.set()
            return refuses(429, "slow", None, "Retry-After: 1")

        with scripted(slow) as server:
            config = msgspec.structs.replace(config, service=ServiceSettings(base_url=server.url))
            with pytest.raises(Cancelled):
                upload("good.png", config, new_group="Ada", environ={"ORCAROUTER_API_KEY": KEY}, cancel=stop)
            assert len(server.asked) == 1

    def test_a_file_that_was_found_sends_no_key_to_a_stranger(self, tmp_path: Path) -> None:
        address = "https://stranger.invalid/v1"
        (tmp_path / "validator.toml").write_text(f'[service]\nbase-url = "{address}"\n')
        config, environ = validator.load_config(tmp_path), {"ORCAROUTER_API_KEY": "sk-orca-1"}
        with pytest.raises(ConfigError, match=r"would send the API key to https://stranger\.invalid"):
            upload("good.png", config, new_group="Ada", environ=environ)
        with validator.upload.new_client(config, environ | {"ORCAROUTER_BASE_URL": address}) as client:
            assert client.service.base_url == address


class Counted(httpx.BaseTransport):
    """The network, counted."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.closed = 0
        self._network = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert not self.closed
        self.fetched.append("/" + request.url.path.rpartition("/")[2])
        return self._network.handle_request(request)

    def close(self) -> None:
        self.closed += 1
        self._network.close()


class TestAsync:
    def test_gives_the_same(self, config: Config, environ: dict[str, str]) -> None:
        threads: set[threading.Thread] = set()

        async def main() -> list[str]:
            def tell(_: Event) -> None:
                threads.add(threading.current_thread())

            done = await aupload("good.png", config, new_group="Ada", environ=environ, on_event=tell)
            return [outcome.outcome for outcome in done.outcomes]

        assert asyncio.run(main()) == ["active"]
        assert threads == {threading.current_thread()}

    def test_cancelling_stops_the_work_and_waits_for_it(
        self, config: Config, environ: dict[str, str], service: ServiceAccount
    ) -> None:
        service.configure(stuck=["good"])

        async def main() -> None:
            created = asyncio.Event()
            task = asyncio.create_task(
                aupload(
                    "good.png",
                    config,
                    new_group="Ada",
                    environ=environ,
                    on_event=lambda event: created.set() if event.step is Step.CREATED else None,
                )
            )
            await created.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        before = set(threading.enumerate())
        asyncio.run(main())
        assert {thread for thread in threading.enumerate() if thread.is_alive()} <= before


class TestPackage:
    def test_all_that_is_exported_is_there_and_documented(self) -> None:
        assert len(set(validator.upload.__all__)) == len(validator.upload.__all__)
        for name in validator.upload.__all__:
            exported = getattr(validator.upload, name)
            if isinstance(exported, type) or inspect.isfunction(exported):
                assert inspect.getdoc(exported), name


class TestExamples:
    @pytest.fixture
    def public_url(self, tmp_path: Path, service: ServiceAccount, monkeypatch: pytest.MonkeyPatch) -> str:
        """Of a folder with a configuration file and two folders of pictures, which is the current one."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("ORCAROUTER_API_KEY", service.key)
        service.configure(list_lag=0.0)
        for name in ("clips", "cast"):
            photo(tmp_path / name / "a.png")
        url = service.serve(tmp_path)
        (tmp_path / "validator.toml").write_text(
            'allow-private-hosts = true\nignore = ["POR", "GRP"]\n'
            f'[service]\nbase-url = "{service.base_url}"\n'
            f'[upload]\npublic-url = "{url}"\nlist-lag = 0\njournal = "uploads.sqlite3"\n'
        )
        return url

    @pytest.mark.usefixtures("public_url")
    def test_that_of_deliver_runs(self, service: ServiceAccount, capsys: pytest.CaptureFixture[str]) -> None:
        documented = inspect.getdoc(validator.upload.deliver)
        assert documented is not None
        example = textwrap.dedent(documented[documented.index("    from pathlib") :])
        exec(example, {})  # noqa: S102 - our own words
        (held,) = service.assets()
        assert capsys.readouterr().out == f"clips/a.png active asset://{held['Id']}\n"

    def test_that_of_upload_in_the_readme_runs(
        self,
        public_url: str,
        service: ServiceAccount,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("ORCAROUTER_BASE_URL", service.base_url)
        example = readme("import upload\n").replace("https://cdn.example.com/", public_url)
        here = "validator.Config(allow_private_hosts=True, ignore=('POR', 'GRP'), "
        exec(example.replace("validator.Config(", here), {})  # noqa: S102 - our own words
        (held,) = service.assets()
        assert capsys.readouterr().out == f"cast/a.png active asset://{held['Id']}\n"

    @pytest.mark.usefixtures("public_url")
    def test_that_of_the_parts_in_the_readme_runs(self, service: ServiceAccount) -> None:
        names: dict[str, Any] = {}
        exec(readme("ensure_group("), names)  # noqa: S102 - our own words
        (held,) = service.assets()
        (outcome,) = names["outcomes"]
        assert (outcome.asset_id, outcome.is_active) == (held["Id"], True)


def readme(word: str) -> str:
    """The example that holds a word."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (found,) = (
        part for part in re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) if word in part
    )
    return str(found)
