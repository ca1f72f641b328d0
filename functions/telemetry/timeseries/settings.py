from stadion.settings import Settings


class TimeSeriesSettings(Settings):
    timestream_database: str = ""
    """Without one, rollups in DynamoDB serve."""
