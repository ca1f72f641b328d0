"""Which columns a part of a query offers: to refuse names that Presto does not see where DuckDB does."""

from collections.abc import Iterator

from sqlglot import exp

from timestream_local.catalogue import Catalogue
from timestream_local.errors import ValidationError

SERIES_COLUMNS = {"time", "value"}
HIDDEN_FROM_ALIASES = ("expressions", "where", "group", "having", "joins")


class Names:
    """The columns of each source of a query, before it is rewritten."""

    def __init__(self, catalogue: Catalogue, query: exp.Query) -> None:
        self.catalogue = catalogue
        self.ctes = {cte.alias.lower(): cte for cte in query.find_all(exp.CTE)}

    def check(self, select: exp.Select) -> None:
        """An alias may be used in ORDER BY only; elsewhere the name must be a column of a source."""
        aliases = {one.alias.lower() for one in select.expressions if isinstance(one, exp.Alias)}
        if not aliases:
            return
        sources = self.sources(select)
        for column in _columns(select):
            name = column.name.lower()
            if name in aliases and name not in sources:
                raise ValidationError(
                    f"Column '{column.name}' cannot be resolved: it is an alias, which only ORDER BY may use here."
                )

    def sources(self, select: exp.Select) -> set[str]:
        found: set[str] = set()
        from_ = select.args.get("from_")
        for one in [*([from_] if from_ else []), *(select.args.get("joins") or [])]:
            found |= self._offered(one.this)
        return found

    def _offered(self, source: exp.Expr) -> set[str]:
        alias = source.args.get("alias")
        renamed = {one.name.lower() for one in alias.columns} if isinstance(alias, exp.TableAlias) else set()
        if renamed:
            return renamed
        if isinstance(source, exp.Table):
            return self.table(source)
        if isinstance(source, exp.Unnest):
            return SERIES_COLUMNS
        return self._output(source.this) if isinstance(source, exp.Subquery) else set()

    def table(self, source: exp.Table) -> set[str]:
        if source.db:
            table = self.catalogue.table(source.db, source.name)
            return {"time", "measure_name", *table.columns}
        cte = self.ctes.get(source.name.lower())
        if cte is None:
            raise ValidationError(f'The table {source.name} is not known: write it as "database"."{source.name}".')
        renamed = {one.name.lower() for one in cte.args["alias"].columns}
        return renamed or self._output(cte.this)

    def _output(self, query: exp.Expr) -> set[str]:
        if isinstance(query, exp.SetOperation):
            return self._output(query.this)
        if isinstance(query, exp.Subquery):
            return self._output(query.this)
        if not isinstance(query, exp.Select):
            return set()
        found = {one.alias_or_name.lower() for one in query.expressions}
        return found | self.sources(query) if query.is_star else found


def _columns(select: exp.Select) -> Iterator[exp.Column]:
    """The columns without a table, of this SELECT itself, where an alias is not visible."""
    for key in HIDDEN_FROM_ALIASES:
        value = select.args.get(key)
        for part in value if isinstance(value, list) else [value] if value is not None else []:
            for column in part.find_all(exp.Column):
                if not column.table and column.find_ancestor(exp.Select) is select:
                    yield column
