"""Using a bundle on a register that its user states."""

from collections.abc import Iterator
from dataclasses import replace

from matchwright.core.bundle.read import Bundle
from matchwright.core.decide.prior import WITH_MATCHES, RegisterUse
from matchwright.core.spec.vocabulary import REGISTER_PRIOR
from matchwright.errors import Fault, SettingsError
from matchwright.stated_register import SECTION, StatedRegister

_TRAIN_AGAIN = "train the bundle again"


def use_on(bundle: Bundle, stated: StatedRegister | None) -> Bundle:
    """The bundle for use on a register. Its scores are restated if the register says so.

    The bundle is verified before: its golden pairs have the scores of its own register.

    Raises:
        SettingsError: the prior cannot be restated for this bundle (all faults are listed).
    """
    if stated is None:
        return bundle
    if stated.restate_prior and (faults := list(_faults(bundle))):
        raise SettingsError(f"Bundle {bundle.digest[:12]} cannot be used on the stated register:", faults)
    use = RegisterUse(bundle.model.register, stated)
    return replace(bundle, model=replace(bundle.model, prior_shift=use.prior_shift), stated=stated)


def register_use(bundle: Bundle) -> RegisterUse:
    """The register that the bundle is used on."""
    return RegisterUse(bundle.model.register, bundle.stated)


def _faults(bundle: Bundle) -> Iterator[Fault]:
    path = f"{SECTION}.restate_prior"
    if bundle.model.register is None:
        problem = "needs register evidence, and the bundle has none: it does not know its own register"
        yield Fault(
            path,
            problem,
            f"{_TRAIN_AGAIN} {WITH_MATCHES}, or set it to false",
        )
    if REGISTER_PRIOR not in bundle.model.catalogue.texts:
        problem = f"needs a text of the reason {REGISTER_PRIOR}, and the bundle has none"
        yield Fault(path, problem, f"{_TRAIN_AGAIN} with this version, or set it to false")
