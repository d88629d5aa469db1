"""What training found, in the words of the model card: whether the encoder stayed, what was tried beside the scorer."""

from typing import Any

from matchwright.steps.proposed_again import encoder_candidate_facts


def training_facts(training: dict[str, Any]) -> dict[str, str]:
    """Facts for the card from ``train.json``; a subject that training did not touch is absent."""
    found: dict[str, str] = {}
    if reason := (training.get("encoder") or {}).get("reason"):
        found["encoder"] = reason
    if report := training.get("candidates_with_encoder"):
        found["candidates"] = encoder_candidate_facts(report)
    if represented := training.get("representations"):
        found["field representations"] = represented["reason"]
    for kind, figures in (training.get("challengers") or {}).items():
        sides = ", ".join(
            f"{name.replace('_', ' ')} {figures['figures'][name]['value']:.4f} (scorer {own['value']:.4f})"
            for name, own in figures["scorer"].items()
            if name != "queries" and own["value"] is not None
        )
        found[f"challenger {kind}"] = f"{figures['verdict']}; on the validation pairs {sides}"
    return found


def training_tags(training: dict[str, Any]) -> dict[str, str]:
    """Tags of the registered version: what a list of versions should show of its training."""
    tags = {}
    kept = (training.get("encoder") or {}).get("kept")
    if kept is not None:
        tags["encoder"] = "kept" if kept else "dropped"
    return tags
