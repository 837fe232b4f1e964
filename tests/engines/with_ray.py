"""The recipe for Ray Data, with workers that are counted; started as a program by the tests."""

from __future__ import annotations

from tests.engines.counted import CountedLinter
from validator import Config


def main() -> None:
    """Judge `urls.parquet` in small batches by two actors."""
    import ray  # type: ignore[import-not-found, unused-ignore]

    findings = ray.data.read_parquet("urls.parquet").map_batches(
        CountedLinter,
        fn_constructor_kwargs={"config": Config(workers=1), "keep": ["id"]},
        batch_format="pyarrow",
        batch_size=4,
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=2),
    )
    findings.write_parquet("findings")


if __name__ == "__main__":
    main()
