"""Frames, as they are read and as they are not."""

from __future__ import annotations

import io

import pytest

from validator.workers import wire


class TestGreeting:
    def test_noise_before_it_is_skipped(self) -> None:
        stream = io.BytesIO(b"words of a start-up file\n\0" + wire.GREETING + b"more")
        wire.skip_to_greeting(stream)
        assert stream.read() == b"more"

    def test_a_stream_that_ends(self) -> None:
        with pytest.raises(EOFError):
            wire.skip_to_greeting(io.BytesIO(b"words"))

    def test_endless_noise(self) -> None:
        with pytest.raises(wire.BrokenWireError, match="other than a worker"):
            wire.skip_to_greeting(io.BytesIO(bytes(2_000_000)))
