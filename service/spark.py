"""The Spark session of the commands: the one that runs, else a local one on this machine alone."""

import os
from typing import TYPE_CHECKING

from service.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # A time without a zone stays one: it is China's, whatever the zone of the session.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}


def spark_session(cores: int | None = None) -> "SparkSession":
    """Return the session that `spark-submit` or the program started, else a local one.

    Parameters
    ----------
    cores
        Of a local session; all of the machine when None.

    Raises
    ------
    InputError
        PySpark is not installed, or Java cannot be started.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise InputError(
            "--engine spark: PySpark is not installed; run `pip install tingyin[spark]`, "
            "or use --engine polars",
            "--engine spark：未安装 PySpark；请运行 `pip install tingyin[spark]`，"
            "或使用 --engine polars",
        ) from error
    builder = SparkSession.builder.appName("tingyin")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # set by spark-submit, which names the cluster
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = builder.master(f"local[{cores or '*'}]")
        for name, value in (LOCAL | _shuffle(cores)).items():
            builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise InputError(
            "--engine spark: Spark does not start; install Java 17 or newer and let `java` be "
            "found, or use --engine polars",
            "--engine spark：Spark 无法启动；请安装 Java 17 或更新版本并确保能找到 `java`，"
            "或使用 --engine polars",
        ) from error


def _shuffle(cores: int | None) -> dict[str, str]:
    """Return as many parts of a shuffle as a local session can work on at once, twice."""
    return {"spark.sql.shuffle.partitions": str(2 * (cores or os.cpu_count() or 1))}
