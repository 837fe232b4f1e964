"""The recipe for Spark, with workers that are counted; started as a program by the tests."""

from __future__ import annotations

from functools import partial

from tests.engines.counted import CountedLinter
from validator import Config
from validator.batch import SPARK_SCHEMA, lint_batches


def main() -> None:
    """Judge `urls.parquet` in small batches, in more tasks than there are processes."""
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    session = SparkSession.builder.master("local[2]")
    spark = session.config("spark.sql.execution.arrow.maxRecordsPerBatch", 4).getOrCreate()
    assets = spark.read.parquet("urls.parquet").repartition(4)
    judge = partial(lint_batches, config=Config(workers=1), keep=["id"], linter=CountedLinter)
    assets.mapInArrow(judge, f"{SPARK_SCHEMA}, id bigint").write.parquet("findings")
    spark.stop()


if __name__ == "__main__":
    main()
