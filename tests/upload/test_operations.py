"""The table of paths and verbs, and what a configuration may put in place of its guesses."""

from __future__ import annotations

import pytest

from validator.errors import UsageError
from validator.upload import OPERATIONS, Service

# SERVICE.md, section 1, with its grades.
DOCUMENTED = {
    "create-group": "POST /asset/groups",
    "list-groups": "GET /asset/groups",
    "create-asset": "POST /asset/files",
    "list-assets": "GET /asset/files",
    "get-asset": "GET /asset/files/{asset_id}",
    "start-session": "POST /asset/real-human/sessions",
}
INFERRED = {
    "get-session": "GET /asset/real-human/sessions/{session_id}",
    "update-group": "PATCH /asset/groups/{group_id}",
    "delete-asset": "DELETE /asset/files/{asset_id}",
    "delete-group": "DELETE /asset/groups/{group_id}",
}


def test_the_table_is_the_services() -> None:
    table = {name: f"{each.verb} {each.path}" for name, each in OPERATIONS.items()}
    assert table == {**DOCUMENTED, **INFERRED}
    assert {name for name, each in OPERATIONS.items() if each.inferred} == set(INFERRED)


def test_only_what_makes_something_is_not_repeatable() -> None:
    once = {name for name, each in OPERATIONS.items() if not each.repeatable}
    assert once == {"create-group", "create-asset", "start-session"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("delete-asset", "POST /asset/files/{asset_id}/delete"),
        ("delete-group", "DELETE /x/{group_id}"),
        ("update-group", "PUT /asset/groups/{group_id}"),
        ("get-session", "GET /a-b_c.d~/{session_id}/"),
        ("get-session", "POST /asset/sessions:get/{session_id}"),
    ],
)
def test_an_operation_can_be_another(name: str, text: str) -> None:
    operation = Service(operations={name: text}).operation(name)
    assert f"{operation.verb} {operation.path}" == text
    assert operation.repeatable == OPERATIONS[name].repeatable
    assert Service(operations={name: text}).operation("create-asset") == OPERATIONS["create-asset"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/asset/files/{asset_id}", "has to begin with one of DELETE, POST"),
        ("delete /asset/files/{asset_id}", "has to begin with one of DELETE, POST"),
        ("TRACE /asset/files/{asset_id}", "has to begin with one of DELETE, POST"),
        ("GET /asset/files/{asset_id}", "has to begin with one of DELETE, POST"),
        ("PUT /asset/files/{asset_id}", "has to begin with one of DELETE, POST"),
        ("", "has to begin with one of DELETE, POST"),
        ("DELETE", "a plain path"),
        ("DELETE asset/{asset_id}", "a plain path"),
        ("DELETE //evil.example/{asset_id}", "a plain path"),
        ("DELETE https://evil.example/{asset_id}", "a plain path"),
        ("DELETE @evil.example/{asset_id}", "a plain path"),
        ("DELETE /a/{asset_id}?x=1", "a plain path"),
        ("DELETE /a/{asset_id}#x", "a plain path"),
        ("DELETE /a/../{asset_id}", "a plain path"),
        ("DELETE /a//{asset_id}", "a plain path"),
        ("DELETE /a b/{asset_id}", "a plain path"),
        ("DELETE /a/{asset_id}\r\nX: y", "a plain path"),
        ("DELETE /a/{", "a plain path"),
        ("DELETE /a\\{asset_id}", "a plain path"),
        ("DELETE /asset/files", "has to name {asset_id}, once"),
        ("DELETE /asset/{group_id}", "has to name {asset_id}, once"),
        ("DELETE /asset/{asset_id}/{asset_id}", "has to name {asset_id}, once"),
        ("DELETE /asset/{asset_id}/{group_id}", "has to name {asset_id}, once"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as error:
        Service(operations={"delete-asset": text})
    assert problem in str(error.value)
    assert str(error.value).startswith("The operation delete-asset cannot be ")


@pytest.mark.parametrize("name", DOCUMENTED)
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_what_the_service_documents_stays_as_it_is(name: str, verb: str) -> None:
    path = OPERATIONS[name].path
    with pytest.raises(UsageError, match=rf"^The operation {name} cannot be another.* get-session"):
        Service(operations={name: f"{verb} {path}"})


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("get-session", {"GET", "POST"}),
        ("update-group", {"PATCH", "PUT", "POST"}),
        ("delete-asset", {"DELETE", "POST"}),
        ("delete-group", {"DELETE", "POST"}),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_question_does_not_become_a_deletion(name: str, verbs: set[str], verb: str) -> None:
    override = {name: f"{verb} {OPERATIONS[name].path}"}
    if verb in verbs:
        assert Service(operations=override).operation(name).verb == verb
    else:
        with pytest.raises(UsageError, match="has to begin with one of"):
            Service(operations=override)


def test_an_operation_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r'no operation "delete-assets".* Did you mean "delete-asset"'):
        Service(operations={"delete-assets": "DELETE /a"})


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("api.orcarouter.ai/v1", "does not begin with https://"),
        ("ftp://api.orcarouter.ai", "its scheme is ftp"),
        ("https://", "names no host"),
        ("https://ada:secret@api.example/v1", "a user or a password"),
        ("https://api.example/v1?key=secret", "a query or a fragment"),
        ("https://api.example/v1#secret", "a query or a fragment"),
        ("https://api.example:99999/v1", "its port"),
        ("http://api.example/v1", "https alone"),
        ("http://127.0.0.1@api.example/v1", "a user or a password"),
        ("http://192.168.0.1/v1", "https alone"),
        ("https://api.example/v1\r\nX: y", "U+000D"),
    ],
)
def test_a_base_url_that_no_key_is_sent_to(url: str, problem: str) -> None:
    with pytest.raises(UsageError) as error:
        Service(url)
    assert problem in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["http://2130706433/v1", "http://0x7f.1/v1", "http://LOCALHOST:8080/v1/"])
def test_this_machine_in_any_spelling(url: str) -> None:
    assert Service(url).host in ("127.0.0.1", "localhost")


def test_a_slash_at_the_end_does_no_harm() -> None:
    assert Service("https://api.orcarouter.ai/v1/") == Service()


def test_a_service_can_be_compared_and_shown() -> None:
    assert Service() == Service()
    assert Service("https://a.example") != Service()
    assert "https://api.orcarouter.ai/v1" in repr(Service())
