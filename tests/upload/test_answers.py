"""Each way in which the service refuses comes back as its typed error, with its code, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.servers import answer
from tests.upload.driving import (
    GROUP,
    LOST,
    START,
    URL,
    WEB_PAGE,
    Clients,
    Clock,
    item,
    refuses,
    says,
    scripted,
)
from validator.errors import (
    AnswerLost,
    AssetRejected,
    AuthenticationError,
    BalanceTooLow,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
)
from validator.model import GroupKind, Kind
from validator.profile import default_profile, load_profile
from validator.report.escape import printable
from validator.upload import OPERATIONS, VENDOR_CODES, Failure, RegisteredAsset, explain, rejected
from validator.upload.answers import Answered, Reader
from validator.upload.exchange import Reply
from validator.upload.key import ApiKey
from validator.upload.reading import asset, created_id, group, page, session, started_session
from validator.upload.vendor_codes import vendor_code_in

# SERVICE.md, section 2.
CODES = [
    "DownloadFailed",
    "TypeMismatch",
    "FormatUnsupported",
    "FormatUndetectable",
    "DurationTooShort",
    "DurationTooLong",
    "WidthTooSmall",
    "WidthTooLarge",
    "HeightTooSmall",
    "HeightTooLarge",
    "AspectRatioTooSmall",
    "AspectRatioTooLarge",
    "FileSizeTooLarge",
    "PixelCountTooSmall",
    "PixelCountTooLarge",
    "FpsTooLow",
    "FpsTooHigh",
    "AudioTrackRequired",
    "AudioTrackForbidden",
    "TranscodingFailed",
    "InternalError",
    "FaceMismatch",
    "ContentRestricted",
    "InputTextSensitiveContentDetected",
    "InputImageSensitiveContentDetected",
    "InputVideoSensitiveContentDetected",
    "InputAudioSensitiveContentDetected",
]
NOBODY_CAN_KNOW = {
    "AudioTrackRequired",
    "AudioTrackForbidden",
    "ContentRestricted",
    "InputTextSensitiveContentDetected",
    "InputImageSensitiveContentDetected",
    "InputVideoSensitiveContentDetected",
    "InputAudioSensitiveContentDetected",
}
WITH_CERTAINTY = [code for code in CODES if code != "InternalError"]


def refused(clients: Clients, said: bytes, call: str = "asset", *args: Any) -> ServiceError:
    with scripted(said) as server:
        with pytest.raises(ServiceError) as error:
            getattr(clients(server.url), call)(*(args or ("asset-1",)))
        return error.value


def refused_create(clients: Clients, said: bytes) -> ServiceError:
    return refused(clients, said, "create_asset", GROUP, URL, Kind.IMAGE)


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, RequestRefused),
            (401, AuthenticationError),
            (402, BalanceTooLow),
            (403, PermissionDenied),
            (404, NotFound),
            (405, RequestRefused),
            (409, RequestRefused),
            (413, RequestRefused),
            (422, RequestRefused),
            (429, RateLimited),
            (500, ServiceUnavailable),
            (501, ServiceUnavailable),
            (502, ServiceUnavailable),
            (503, ServiceUnavailable),
            (504, ServiceUnavailable),
            (599, ServiceUnavailable),
            (302, ServiceUnavailable),
        ],
    )
    def test_becomes_its_error(self, clients: Clients, status: int, kind: type[ServiceError]) -> None:
        said = refuses(status, "Something is wrong", "some_code", "X-Request-Id: r-1")
        error = refused(clients, said)
        assert type(error) is kind
        assert error.status == status
        if status != 302:
            assert (error.code, error.request_id) == ("some_code", "r-1")
            assert "Something is wrong" in str(error)
            assert str(status) in str(error)
            assert "\n" not in str(error)

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
    def test_may_leave_a_create_done(self, clients: Clients, status: int) -> None:
        error = refused_create(clients, refuses(status, "oh"))
        assert type(error) is AnswerLost
        assert "may have been done all the same" in str(error)

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 429])
    def test_or_certainly_not(self, clients: Clients, status: int) -> None:
        assert not isinstance(refused_create(clients, refuses(status, "oh")), AnswerLost)

    @pytest.mark.parametrize(
        "said",
        [
            LOST,
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            b"SSH-2.0-OpenSSH_9\r\n",
            WEB_PAGE,
            answer(b""),
            says({}),
            says({"Id": ""}),
            says({"Id": 7}),
            says([]),
            says(None),
            says({"Id": None, "Status": "x"}),
        ],
    )
    def test_an_answer_that_tells_nothing_may_leave_a_create_done(
        self, clients: Clients, said: bytes
    ) -> None:
        error = refused_create(clients, said)
        assert type(error) is AnswerLost
        assert type(refused(clients, said)) is ServiceUnavailable

    def test_nobody_listens(self, clients: Clients) -> None:
        with scripted(LOST) as server:
            url = server.url
        client = clients(url)
        with pytest.raises(ServiceUnavailable, match="no connection") as error:
            client.create_asset(GROUP, URL, Kind.IMAGE)
        assert not isinstance(error.value, AnswerLost)

    @pytest.mark.parametrize("said", [refuses(404, "Invalid URL"), answer(b"404", status="404 Not Found")])
    def test_where_there_are_no_groups_at_all_the_address_is_wrong(
        self, clients: Clients, clock: Clock, said: bytes
    ) -> None:
        with scripted(said) as server:
            with pytest.raises(ServiceUnavailable, match=r"base-url in \[service\].*/v1\?") as error:
                clients(server.url).group(GROUP)
            assert len(server.asked) == 1
        assert error.value.status == 404
        assert clock.slept == []

    def test_a_list_of_assets_that_is_not_there_may_be_at_another_address(self, clients: Clients) -> None:
        error = refused(clients, refuses(404), "count_assets", GroupKind.VIRTUAL)
        assert isinstance(error, NotFound)
        assert "base-url in [service]" in str(error)

    def test_a_web_page_is_said_to_be_one(self, clients: Clients) -> None:
        error = refused(clients, WEB_PAGE)
        assert "it is a web page" in str(error)
        assert "base-url in [service] is right (does it end in /v1?)" in str(error)
        assert "base-url" not in str(refused(clients, answer(b"well")))

    @pytest.mark.parametrize("status", [404, 405])
    def test_of_a_guessed_path_says_how_to_mend_it(self, clients: Clients, status: int) -> None:
        error = refused(clients, refuses(status, "no route"), "delete_asset", "asset-1")
        assert "[service] operations" in str(error)
        assert "delete-asset" in str(error)
        assert "operations" not in str(refused(clients, refuses(status, "no route")))

    @pytest.mark.parametrize(
        ("code", "kind"), [(401, AuthenticationError), (429, RateLimited), (404, NotFound)]
    )
    @pytest.mark.parametrize("status", [200, 502])
    def test_is_also_taken_from_the_code_of_an_error_inside_of_another(
        self, clients: Clients, status: int, code: int, kind: type[ServiceError]
    ) -> None:
        said = says({"error": {"message": "no", "code": code}}, status)
        assert type(refused_create(clients, said)) is kind
        assert (
            type(refused(clients, says({"error": {"message": "no", "code": 500}}, status)))
            is ServiceUnavailable
        )

    def test_of_a_429_says_how_long_to_wait(self, clients: Clients) -> None:
        error = refused(clients, refuses(429, "slow", None, "Retry-After: 86400"))
        assert "try again in 86,400 s" in str(error)
        assert isinstance(error, RateLimited)
        assert error.retry_after == 86400


class TestForbidden:
    @pytest.mark.parametrize(
        "message",
        [
            "The asset quota of this account is exceeded",
            "Uploads past the cap are rejected",
            "Maximum asset count reached",
            "You have exceeded the maximum of 100",
            "asset limit reached (100/100)",
            "your library holds 100 assets already",
        ],
    )
    def test_by_the_cap(self, clients: Clients, message: str) -> None:
        assert type(refused_create(clients, refuses(403, message))) is QuotaExceeded

    @pytest.mark.parametrize(
        "message",
        [
            "You have no permission for this resource",
            "The real-human library is limited to invited accounts",
            "SubscriptionRequired: turn Advanced Creation Rights on",
            "",
        ],
    )
    def test_by_a_right(self, clients: Clients, message: str) -> None:
        assert type(refused_create(clients, refuses(403, message))) is PermissionDenied

    @pytest.mark.parametrize("status", [200, 400, 403, 500, 502])
    def test_a_subscription_that_is_missing_whatever_it_is_wrapped_in(
        self, clients: Clients, status: int
    ) -> None:
        error = refused_create(clients, refuses(status, "no", "SubscriptionRequired"))
        assert type(error) is PermissionDenied
        assert (error.code, error.status) == ("SubscriptionRequired", status)
        said = refuses(status, "upstream: SubscriptionRequired: turn it on", "upstream_error")
        assert type(refused_create(clients, said)) is PermissionDenied

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("insufficient_user_quota", BalanceTooLow),
            ("QuotaExceeded", QuotaExceeded),
            ("AccessDenied", PermissionDenied),
        ],
    )
    def test_by_its_code(self, clients: Clients, code: str, kind: type[ServiceError]) -> None:
        assert type(refused_create(clients, refuses(403, "no", code))) is kind


def test_the_codes_are_those_of_the_service() -> None:
    assert tuple(CODES) == VENDOR_CODES


class TestVendorCode:
    @pytest.mark.parametrize("status", [200, 400, 500, 502])
    def test_of_a_create_is_a_rejection_that_names_its_rules(self, clients: Clients, status: int) -> None:
        with scripted(*(refuses(status, f"{code}: out of range", code) for code in WITH_CERTAINTY)) as server:
            client = clients(server.url)
            for code in WITH_CERTAINTY:
                with pytest.raises(AssetRejected) as error:
                    client.create_asset(GROUP, URL, Kind.IMAGE)
                assert (error.value.code, error.value.status) == (code, status)
                assert bool(error.value.rules) == (code not in NOBODY_CAN_KNOW)
                assert error.value.rules == explain(code).rules
                assert error.value.why == explain(code).why
            assert len(server.asked) == len(WITH_CERTAINTY)

    @pytest.mark.parametrize(
        "payload",
        [
            {"error": {"message": "[upstream] FpsTooHigh: at most 60", "code": "bad_response_status_code"}},
            {"error": {"message": '{"Code":"FpsTooHigh","Message":"at most 60"}', "code": None}},
            {"error": {"message": "no", "type": "FpsTooHigh"}},
            {"error": {"message": "no", "code": "InvalidParameter.FpsTooHigh"}},
            {"error": "FpsTooHigh"},
            {"Error": {"Code": "FpsTooHigh", "Message": "at most 60"}},
            {"ResponseMetadata": {"RequestId": "r", "Error": {"Code": "FpsTooHigh", "Message": "no"}}},
            {"code": "FpsTooHigh", "message": "no", "data": None},
            {"success": False, "message": "FpsTooHigh"},
        ],
    )
    @pytest.mark.parametrize("status", [200, 502])
    def test_is_found_in_whatever_it_is_wrapped(
        self, clients: Clients, payload: dict[str, Any], status: int
    ) -> None:
        error = refused_create(clients, says(payload, status))
        assert isinstance(error, AssetRejected)
        assert error.code == "FpsTooHigh"
        assert "VID006" in error.rules

    def test_that_blames_the_service_itself_may_leave_a_create_done(self, clients: Clients) -> None:
        for status in (200, 502):
            error = refused_create(clients, refuses(status, "InternalError: try again", "InternalError"))
            assert isinstance(error, AnswerLost)
            assert error.code == "InternalError"
        assert isinstance(refused_create(clients, refuses(400, "no", "InternalError")), AssetRejected)

    def test_of_something_else_than_an_asset_is_a_refusal(self, clients: Clients) -> None:
        said = refuses(400, "the name is not allowed", "InputTextSensitiveContentDetected")
        error = refused(clients, said, "create_group", "Ada")
        assert type(error) is RequestRefused
        assert error.code == "InputTextSensitiveContentDetected"

    def test_that_is_not_known_is_kept(self, clients: Clients) -> None:
        for status in (200, 502):
            error = refused_create(clients, refuses(status, "no", "TooTeal"))
            assert type(error) is AnswerLost
            assert error.code == "TooTeal"
        error = refused_create(clients, refuses(400, "no", "TooTeal"))
        assert type(error) is RequestRefused
        assert error.code == "TooTeal"


class TestExplain:
    @pytest.mark.parametrize("code", CODES)
    def test_every_code_has_rules_or_says_why_it_has_none(self, code: str) -> None:
        explanation = explain(code)
        assert explanation.code == code
        assert bool(explanation.rules) == (code not in NOBODY_CAN_KNOW)
        assert explanation.why.endswith(".")
        for rule in explanation.rules:
            assert rule in explanation.why
            assert code in default_profile()[rule].prevents

    def test_every_code_that_a_rule_prevents_is_known(self) -> None:
        prevented = {code for rule in default_profile().rules for code in rule.prevents}
        assert prevented <= set(VENDOR_CODES)

    def test_a_kind_leaves_the_rules_of_others_out(self) -> None:
        assert explain("DurationTooShort", kind=Kind.AUDIO).rules[0].startswith("AUD")
        assert explain("DurationTooShort", kind=Kind.VIDEO).rules[0].startswith("VID")
        assert explain("FpsTooHigh", kind=Kind.IMAGE).rules == explain("FpsTooHigh").rules

    def test_what_is_not_known_is_said_to_be(self) -> None:
        assert explain("TooTeal").rules == ()
        assert "none of the codes that are known" in explain("TooTeal").why

    def test_where_a_profile_of_another_service_has_no_rule_for_it_the_documented_ones_tell(self) -> None:
        assert explain("FpsTooHigh", load_profile("runway")) == explain("FpsTooHigh")
        upstream = explain("DurationTooLong", load_profile("seedance-upstream"), Kind.VIDEO)
        assert upstream.rules == ("VID002", "VID013")

    def test_a_failed_asset_becomes_an_error(self) -> None:
        failed = RegisteredAsset(
            "asset-1", kind=Kind.VIDEO, status="Failed", failure=Failure("DurationTooLong", "\x1b[2J")
        )
        error = rejected(failed)
        assert (error.code, error.asset_id) == ("DurationTooLong", "asset-1")
        assert error.rules == explain("DurationTooLong", kind=Kind.VIDEO).rules
        assert "\x1b" not in str(error)
        assert rejected(RegisteredAsset("asset-1", status="Failed")).code == ""

    def test_a_code_is_a_word_of_its_own(self) -> None:
        assert vendor_code_in("MyFpsTooHigh FpsTooHighest") == ""
        assert vendor_code_in("a_FpsTooHigh.b") == "FpsTooHigh"


_KEY = ApiKey("sk-orca-1")
_READER = Reader(_KEY.hidden_in, lambda: START)
_TEXTS = st.text(max_size=30) | st.sampled_from([*CODES, "Active", "2026-03-18T03:33:32Z", "pending", ""])
_NAMES = st.text(max_size=5) | st.sampled_from(
    [
        "Id",
        "Items",
        "Name",
        "Status",
        "Error",
        "error",
        "code",
        "message",
        "Code",
        "Message",
        "TotalCount",
        "PageSize",
        "CreateTime",
        "UpdateTime",
        "AssetType",
        "GroupType",
        "session_id",
        "status",
        "h5_link",
        "group_id",
        "ResponseMetadata",
        "success",
        "type",
        "URL",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=20,
)
_READERS = st.sampled_from(
    [
        ("get-asset", asset),
        ("create-asset", created_id),
        ("list-assets", lambda payload: page(payload, asset)),
        ("list-groups", lambda payload: page(payload, group)),
        ("get-session", session),
        ("start-session", started_session),
    ]
)
_STATUSES = st.sampled_from([200, 201, 204, 301, 303, 400, 401, 402, 403, 404, 408, 409, 429, 500, 502, 503])


class TestWhateverComes:
    @given(payload=_JSON, reader=_READERS, status=_STATUSES)
    def test_any_json_is_a_record_or_a_typed_error(self, payload: Any, reader: Any, status: int) -> None:
        self._read(json.dumps(payload).encode("utf-8", "surrogatepass"), reader, status)

    @given(body=st.binary(max_size=200), reader=_READERS, status=_STATUSES)
    def test_any_bytes_are_a_record_or_a_typed_error(self, body: bytes, reader: Any, status: int) -> None:
        self._read(body, reader, status)

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 100_000,
            b'{"Id":' * 100_000,
            b'{"Id": ' + b"9" * 10_000 + b"}",
            b'{"Id": NaN}',
            b'{"TotalCount": 1e999, "Items": []}',
            b'\xff\xfe{\x00"\x00',
            b'{"Id": "\\ud800", "Status": "\\udfff"}',
        ],
    )
    @pytest.mark.parametrize("status", [200, 400, 502])
    def test_hostile_json_is_no_traceback(self, body: bytes, status: int) -> None:
        for reader in (("get-asset", asset), ("list-assets", lambda payload: page(payload, asset))):
            self._read(body, reader, status)

    def _read(self, body: bytes, reader: Any, status: int) -> None:
        name, value = reader
        outcome = _READER.read(OPERATIONS[name], Reply(status, {}, body), value)
        if isinstance(outcome, Answered):
            assert 200 <= status < 300
            return
        assert isinstance(outcome.error, ServiceError)
        assert printable(str(outcome.error)) == str(outcome.error)
        assert "sk-orca-1" not in str(outcome.error)
        if (name, status) != ("list-groups", 404):  # there always is such a list, so the address is wrong
            assert not (status in (401, 402, 404, 429) and isinstance(outcome.error, ServiceUnavailable))


def test_an_asset_of_a_strange_status_is_no_error(clients: Clients) -> None:
    with scripted(says(item(status="Archived", AssetType="Model", CreateTime="yesterday"))) as server:
        found = clients(server.url).asset("asset-1")
    assert (found.status, found.is_settled, found.kind, found.created) == ("Archived", False, None, None)
    assert found.extra == {"AssetType": "Model", "CreateTime": "yesterday"}
