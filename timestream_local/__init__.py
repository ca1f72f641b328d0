"""A local endpoint for Amazon Timestream for LiveAnalytics, on DuckDB and sqlglot."""

from local.timestream.server import TimestreamEndpoint

__all__ = ["TimestreamEndpoint"]
