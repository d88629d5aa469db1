"""What every section of a match spec shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Frozen(BaseModel):
    """Base of every section: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")
