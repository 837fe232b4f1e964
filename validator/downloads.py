"""The downloader that a user asks for: sizes from the profile, times and hosts from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from validator.config import policy_for
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.lines import Lines
from validator.intake.retry import Retries
from validator.judge import Limits, Policy
from validator.measure import download_caps, is_compared
from validator.model import Asset
from validator.profile import Profile
from validator.settings import Config

if TYPE_CHECKING:
    import httpx


def new_downloader(
    config: Config,
    *profiles: Profile,
    transport: httpx.BaseTransport | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Downloader:
    """A downloader, to be closed by whoever asked for it; see `Downloader` for `transport` and `cancelled`.

    `profiles`: those that will judge; what the most generous one takes is downloaded.

    >>> from validator.profile import default_profile
    >>> with new_downloader(Config(), default_profile()) as downloader:
    ...     type(downloader).__name__
    'Downloader'
    """
    chosen = {config.limits, *(layer.limits for layer in config.overrides)}
    weakest = Limits.OBSERVED if Limits.OBSERVED in chosen else Limits.DOCUMENTED
    caps, unknown_cap = download_caps(profiles, weakest)
    limits = DownloadLimits(
        caps=caps,
        unknown_cap=unknown_cap,
        connect_timeout=config.connect_timeout,
        read_timeout=config.read_timeout,
        total_timeout=config.download_timeout,
    )
    wanting = [profile for profile in profiles if is_compared("head", profile, Policy())]

    def asks_head(asset: Asset) -> bool:
        return any(is_compared("head", profile, policy_for(asset, config, profile)) for profile in wanting)

    return Downloader(
        limits,
        retries=Retries(config.retries),
        guard=HostGuard(config.allow_private_hosts, frozenset(config.ports)),
        transport=transport,
        cancelled=cancelled,
        asks_head=asks_head,
        lines=Lines(config.downloads),
    )
