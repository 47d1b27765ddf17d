"""What rundum_app gives to a handler whose path has a `{slug}`: `centre: Here`."""

from typing import TypeAlias

from litestar.di import NamedDependency

from rundum_identity.centres import Centre

Here: TypeAlias = NamedDependency[Centre]
