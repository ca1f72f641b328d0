from stadion.settings import Settings


class PhotoSettings(Settings):
    photos_bucket: str
