"""What rundum_app gives to a handler by name: `db: Db`, `actor: Who`, `t: Speech`.

Litestar wants these marked; it will stop guessing which parameters are dependencies. A thing that
is known by its number is asked for as `id: PathNumber`, in a query as `before: QueryNumber = None`:
one that the database can hold.
"""

from typing import Annotated, TypeAlias

from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.i18n import Translator

Db: TypeAlias = NamedDependency[Database]
Who: TypeAlias = NamedDependency[Actor]
Speech: TypeAlias = NamedDependency[Translator]
PathNumber: TypeAlias = Annotated[int, PathParameter(ge=0, le=2**63 - 1)]
QueryNumber: TypeAlias = Annotated[int | None, QueryParameter(ge=0, le=2**63 - 1)]
