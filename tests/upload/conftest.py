"""Each test of the client runs over both of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.upload.driving import Clients, Clock


@pytest.fixture(params=["sync", "async"])
def clients(request: pytest.FixtureRequest) -> Iterator[Clients]:
    made = Clients(request.param)
    yield made
    made.close()


@pytest.fixture
def clock(clients: Clients) -> Clock:
    return clients.clock
