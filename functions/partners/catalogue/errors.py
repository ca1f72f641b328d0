from stadion.errors import NotFoundError
from stadion.i18n import Text


class ProductNotFoundError(NotFoundError):
    code = "product_not_found"
    title = Text(en="No such product", ru="Товар не найден")
    explanation = Text(en="Your catalogue has no product with this SKU.", ru="В вашем каталоге нет такого артикула.")


class ImportNotFoundError(NotFoundError):
    code = "import_not_found"
    title = Text(en="No such import", ru="Загрузка не найдена")
    explanation = Text(en="There is no import with this id.", ru="Загрузки с таким идентификатором нет.")
