"""From two tables of records to a version that a reviewer can approve."""

from typing import Any

from kfp import dsl
from kfp.dsl.graph_component import GraphComponent

from components.accept import accept
from components.calibrate import calibrate
from components.candidates import candidates
from components.champion import champion
from components.evaluate import evaluate
from components.explain import explain
from components.features import features
from components.gate import gate
from components.ingest import ingest
from components.register import register
from components.train import train
from components.validate import validate
from pipelines.placement import Step


def train_pipeline(step: Step) -> GraphComponent:
    """The training pipeline, its tasks made by ``step``."""

    @dsl.pipeline(
        name="matchwright-train",
        description="Ingest, validate, train, calibrate, evaluate, explain and register a matching model.",
    )
    def matchwright_train(
        spec: str,
        code_digest: str,
        data_digest: str,
        environment: str = "local",
        records: str = "",
        records_right: str = "",
        pairs: str = "",
        scorer: str = "",
        scorer_digest: str = "",
        comparisons: str = "",
        returns: str = "",
    ) -> None:
        shared: dict[str, Any] = {"spec": spec, "environment": environment, "code_digest": code_digest}

        ingested = step(
            ingest, **shared, data_digest=data_digest, records=records, records_right=records_right, pairs=pairs
        )
        checked = step(validate, **shared, snapshot=ingested.outputs["snapshot"])
        accepted = step(accept, refusal=checked.outputs["Output"])
        snapshot = checked.outputs["validated"]

        featured = step(features, **shared, snapshot=snapshot).after(accepted)
        records_of = {"snapshot": snapshot, "features": featured.outputs["features"]}
        proposed = step(candidates, **shared, **records_of)

        given: dict[str, Any] = {
            "scorer": scorer,
            "scorer_digest": scorer_digest,
            "comparisons": comparisons,
            "returns": returns,
        }
        trained = step(train, **shared, **records_of, candidates=proposed.outputs["candidates"], **given)
        model = {"model": trained.outputs["model"]}
        calibrated = step(calibrate, **shared, **model)
        model |= {"calibration": calibrated.outputs["calibration"]}

        serving = step(champion, cached=False, **shared, model=trained.outputs["model"])
        evaluated = step(evaluate, **shared, champion=serving.output, **records_of, **model)
        evaluation = {"evaluation": evaluated.outputs["evaluation"]}
        gated = step(gate, **shared, **evaluation)
        explained = step(explain, **shared, features=featured.outputs["features"], **model, **evaluation)

        made = {**records_of, "candidates": proposed.outputs["candidates"], **model, **evaluation}
        made |= {"explanation": explained.outputs["explanation"]}
        # Never cached: the registry may have changed. Registering again adds nothing.
        with dsl.If(gated.output == "pass", name="gates-passed"):
            step(register, cached=False, **shared, **made, gate="pass")
        with dsl.Else(name="gates-failed"):
            # Registered for the reviewer to read, but never a challenger.
            step(register, cached=False, **shared, **made, gate="fail")

    return matchwright_train
