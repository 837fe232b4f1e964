"""Every path and verb of the asset library's API in one table, and where it is reached."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from validator.errors import UsageError
from validator.intake.url import parse, shown
from validator.suggest import closest, did_you_mean

DEFAULT_BASE_URL = "https://api.orcarouter.ai/v1"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%\-]+|\{\w+\}|(?<!/)/)*")


@dataclass(frozen=True)
class Operation:
    """One thing that the service can be asked to do.

    Args:
        name: how a configuration calls it.
        verb: of the HTTP request.
        path: behind the base URL; `{asset_id}` and the like are filled in.
        doing: in words, for messages.
        pace: which of the service's rate limits it counts against: create, list (and change), or get.
        repeatable: asking twice does no more than asking once, so a lost answer is asked for again.
        verbs: with which a configuration may have it asked for: none that does something else than what the
            operation is for. Empty for what the service documents, which stays as it is.
    """

    name: str
    verb: str
    path: str
    doing: str
    pace: str
    repeatable: bool = True
    verbs: tuple[str, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether the service does not write it down, so that a configuration can mend it.

        >>> OPERATIONS["delete-asset"].inferred, OPERATIONS["get-asset"].inferred
        (True, False)
        """
        return bool(self.verbs)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, in their order.

        >>> OPERATIONS["get-asset"].placeholders
        ('asset_id',)
        """
        return tuple(_PLACEHOLDER.findall(self.path))


_DELETES = ("DELETE", "POST")
_ALL = (
    Operation("create-group", "POST", "/asset/groups", "creating a group", "create", repeatable=False),
    Operation("list-groups", "GET", "/asset/groups", "listing the groups", "list"),
    Operation(
        "update-group",
        "PATCH",
        "/asset/groups/{group_id}",
        "changing a group",
        "list",
        verbs=("PATCH", "PUT", "POST"),
    ),
    Operation(
        "delete-group", "DELETE", "/asset/groups/{group_id}", "deleting a group", "list", verbs=_DELETES
    ),
    Operation("create-asset", "POST", "/asset/files", "creating an asset", "create", repeatable=False),
    Operation("list-assets", "GET", "/asset/files", "listing the assets", "list"),
    Operation("get-asset", "GET", "/asset/files/{asset_id}", "asking for an asset", "get"),
    Operation(
        "delete-asset", "DELETE", "/asset/files/{asset_id}", "deleting an asset", "list", verbs=_DELETES
    ),
    Operation(
        "start-session",
        "POST",
        "/asset/real-human/sessions",
        "starting a verification",
        "create",
        repeatable=False,
    ),
    Operation(
        "get-session",
        "GET",
        "/asset/real-human/sessions/{session_id}",
        "asking for a verification",
        "get",
        verbs=("GET", "POST"),
    ),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({operation.name: operation for operation in _ALL})
"""By name. What is `inferred` is a guess that `Service.operations` can replace."""
_GUESSES = ", ".join(operation.name for operation in _ALL if operation.inferred)


@dataclass(frozen=True)
class Service:
    """Where the asset library is reached.

    Args:
        base_url: https, or http to this machine; what stands before every path of the table.
        operations: verbs and paths in place of the table's guesses, by the operation's name:
            `{"delete-asset": "POST /asset/files/{asset_id}/delete"}`.

    Raises:
        UsageError: one of these makes no sense; the message says which.

    >>> Service().operation("get-asset").path
    '/asset/files/{asset_id}'
    >>> Service(operations={"delete-group": "POST /groups/{group_id}/drop"}).operation("delete-group").verb
    'POST'
    """

    base_url: str = DEFAULT_BASE_URL
    operations: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = _base_url_problem(self.base_url)
        if problem:
            raise UsageError(f"The service's base URL {shown(self.base_url)} cannot be used: {problem}.")
        table = {**OPERATIONS, **{name: _overridden(name, text) for name, text in self.operations.items()}}
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        object.__setattr__(self, "operations", MappingProxyType(dict(self.operations)))
        object.__setattr__(self, "_table", MappingProxyType(table))

    def operation(self, name: str) -> Operation:
        """The operation with this name, as it is to be asked for here."""
        table: Mapping[str, Operation] = self.__dict__["_table"]
        return table[name]

    @property
    def host(self) -> str:
        """The host that the key is sent to.

        >>> Service().host
        'api.orcarouter.ai'
        """
        return parse(self.base_url).host

    @property
    def is_this_machine(self) -> bool:
        """Whether the key does not leave this machine.

        >>> Service("http://127.0.0.1:8000/v1").is_this_machine
        True
        """
        return _is_this_machine(self.host)


def _base_url_problem(url: str) -> str:
    """In words, why the key is not sent there; "" where it may be."""
    address = parse(url)
    if address.problem:
        return address.problem
    if address.credentials:
        return "it holds a user or a password"
    if "?" in url or "#" in url:
        return "it holds a query or a fragment"
    if address.scheme == "http" and not _is_this_machine(address.host):
        return "the key is sent over https alone, except to this machine"
    return ""


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _overridden(name: str, text: str) -> Operation:
    known = OPERATIONS.get(name)
    if known is None:
        raise UsageError(
            f'The service has no operation "{name[:80]}".{did_you_mean(closest(name, OPERATIONS))} '
            f"Those that can be another are: {_GUESSES}."
        )
    if not known.inferred:
        raise UsageError(
            f"The operation {name} cannot be another: the service documents it. "
            f"Those that can be are: {_GUESSES}."
        )
    verb, _, path = text.strip().partition(" ")
    problem = _override_problem(known, verb, path)
    if problem:
        raise UsageError(f'The operation {name} cannot be "{shown(text)}": {problem}.')
    return replace(known, verb=verb, path=path)


def _override_problem(known: Operation, verb: str, path: str) -> str:
    if verb not in known.verbs:
        return f"it has to begin with one of {', '.join(known.verbs)}, and a space"
    if not _PATH.fullmatch(path) or path == "/" or any(part in (".", "..") for part in path.split("/")):
        return 'behind the verb has to come a plain path that begins with "/"'
    named = tuple(_PLACEHOLDER.findall(path))
    if sorted(named) != sorted(known.placeholders):
        expected = " and ".join(f"{{{name}}}" for name in known.placeholders) or "nothing in braces"
        return f"it has to name {expected}, once"
    return ""
