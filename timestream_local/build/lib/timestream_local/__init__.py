"""A local endpoint for Amazon Timestream for LiveAnalytics, on DuckDB and sqlglot."""

from timestream_local.server import TimestreamEndpoint

__all__ = ["TimestreamEndpoint"]
