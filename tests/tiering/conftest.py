"""One Spark session for all tests that ask for it; they are skipped where Spark cannot run."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from service.spark import spark_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install tingyin[spark]")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17 or newer")
    session = spark_session(cores=1)
    yield session
    session.stop()
