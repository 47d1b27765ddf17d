"""What rundum_app gives to a handler by name: `db: Db`, `actor: Who`, `t: Speech`.

Litestar wants these marked; it will stop guessing which parameters are dependencies.
"""

from typing import TypeAlias

from litestar.di import NamedDependency

from rundum_core.actor import Actor
from rundum_core.db import Database
from rundum_core.i18n import Translator

Db: TypeAlias = NamedDependency[Database]
Who: TypeAlias = NamedDependency[Actor]
Speech: TypeAlias = NamedDependency[Translator]
