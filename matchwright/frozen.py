"""What all that is read from a spec, a settings file or a bundle has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Frozen(BaseModel):
    """A model that does not change, and in which an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")
