"""One request and the head of its answer: what is sent, to whom, and how long an answer may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import httpx

from validator._version import __version__
from validator.intake.address import Checked, HostGuard, checked_facts, unchecked_facts
from validator.intake.answer import NotDownloaded, headers_problem, network_problem
from validator.intake.download import DownloadLimits
from validator.intake.redirects import follow
from validator.intake.transport import NetworkTransport
from validator.intake.url import parse
from validator.intake.validators import Validators
from validator.intake.wire import Wire

_HEADERS = {
    "User-Agent": f"seedance-validator/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
Method = Literal["GET", "HEAD"]

_NO_ANSWER = (httpx.TransportError, UnicodeError)  # the latter from host names that IDNA cannot encode


@dataclass(frozen=True)
class Asker:
    """Sends requests; `facts` fills up on the way and may be read from another thread.

    Each request is made anew: no cookie, no connection and no header goes from one to the next.
    """

    transport: httpx.BaseTransport
    limits: DownloadLimits
    wire: Wire
    facts: dict[str, str]
    guard: HostGuard

    def ask(
        self, url: str, more: Mapping[str, str] = _NOTHING_MORE, method: Method = "GET"
    ) -> httpx.Response:
        """One request and the head of its answer; `more` are headers beside the usual ones.

        Raises:
            AddressRefused: the guard refuses the address; nothing was sent.
            NotDownloaded: there was no answer.
        """
        address = parse(url)
        if isinstance(self.transport, NetworkTransport):
            self.transport.guard.check(address)
        else:
            self.guard.check(address)
            self.facts.update(unchecked_facts(address))
        self.facts["port"] = "allowed"
        try:
            headers, extensions = {**_HEADERS, **more}, self._extensions()
            request = httpx.Request(method, address.sendable, headers=headers, extensions=extensions)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise self._unusable(str(error).partition(":")[0].lower()) from error
        try:
            response = self.transport.handle_request(request)
        except _NO_ANSWER as error:
            raise network_problem(error, self.timeouts) from error
        problem = headers_problem(response)
        if problem is not None:
            response.close()
            raise problem
        return response

    def _unusable(self, reason: str) -> NotDownloaded:
        """What `parse` lets pass and httpx does not, such as a host that IDNA cannot encode."""
        trail = self.facts.get("redirects_detail")
        if trail is not None:
            return NotDownloaded({"redirects": "broken", "redirects_detail": f"{trail}: {reason}"})
        return NotDownloaded({"scheme": "malformed", "scheme_detail": reason})

    @property
    def timeouts(self) -> dict[str, float]:
        """What may take how long, in seconds, as httpx names it.

        >>> Asker(httpx.MockTransport(print), DownloadLimits(), Wire(), {}, HostGuard()).timeouts["connect"]
        10.0
        """
        read, connect = self.limits.read_timeout, self.limits.connect_timeout
        return {"connect": connect, "read": read, "write": read}

    def _extensions(self) -> dict[str, object]:
        return {"timeout": self.timeouts, "trace": self._trace}

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        self.wire.trace(event, info)
        if event == "connection.connect_tcp.complete":
            checked = info["return_value"].get_extra_info("checked")
            if isinstance(checked, Checked):
                self.facts.update(checked_facts(checked, self.facts))


def followed(
    url: str, asker: Asker, method: Method = "GET", known: Validators | None = None, **more: str
) -> tuple[httpx.Response, str]:
    """The answer to a request, redirects followed, and the address that it came from.

    `known`: from the address that these are of, the file is wanted only if it is another one by now; `more`
    are headers beside the usual ones.

    Raises:
        NotDownloaded: there was no answer.
    """

    def ask(hop: str) -> httpx.Response:
        return asker.ask(hop, more if known is None else more | known.for_place(hop), method)

    return follow(url, ask, asker.facts, asker.limits.max_redirects)
