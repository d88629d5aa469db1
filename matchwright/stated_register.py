"""The register that a bundle is used on, as its user states it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matchwright.errors import Fault, SettingsError
from matchwright.frozen import Frozen

SECTION = "stated_register"

Records = Annotated[int, Field(ge=1)]


class StatedRegister(Frozen):
    """How large the register is that a bundle is used on, and whether the scores are restated for it.

    - ``left_records``, ``right_records``: its records. In one table, both are the records of the table.
    - ``restate_prior``: whether every score is restated for this register. If false, the size changes no score: it only
      tells when the register is much larger than the one that the bundle learned from.
    - ``matches``: the matching pairs in it, as an estimate. It is only for ``restate_prior``. None: as many per record
      of the smaller side as in the bundle's register.
    """

    left_records: Records
    right_records: Records
    restate_prior: bool = False
    matches: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    # rules on several keys are checked at the last of them, so that all faults are reported together
    @field_validator("matches")
    @classmethod
    def _fits(cls, matches: float | None, info: ValidationInfo) -> float | None:
        if matches is None:
            return None
        if info.data.get("restate_prior") is False:
            raise PydanticCustomError("no_effect", "has no effect unless restate_prior is true")
        left, right = (info.data.get(key) for key in ("left_records", "right_records"))
        if left and right and matches >= left * right:
            raise PydanticCustomError("too_many", "is not less than the number of pairs")
        return matches


def stated_register(given: "StatedRegister | Mapping[str, Any] | str") -> StatedRegister:
    """The stated register from its keys, or from JSON.

    Raises:
        SettingsError: keys have faults (all are listed).
    """
    if isinstance(given, StatedRegister):
        return given
    try:
        if isinstance(given, str):
            return StatedRegister.model_validate_json(given)
        return StatedRegister.model_validate(given)
    except ValidationError as error:
        hint = f"the keys are {', '.join(StatedRegister.model_fields)}"
        faults = [
            Fault(".".join([SECTION, *map(str, detail["loc"])]), detail["msg"], hint) for detail in error.errors()
        ]
        raise SettingsError(f"The stated register has {len(faults)} fault(s):", faults) from None
