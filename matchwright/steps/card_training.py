"""What training found, in the words of the model card: what the scorer reads, and its challengers."""

from typing import Any

from matchwright.steps.training_candidates import embedding_facts


def training_facts(training: dict[str, Any]) -> dict[str, str]:
    """Facts for the card from ``train.json``; a subject that training did not touch is absent."""
    found: dict[str, str] = {}
    if report := training.get("candidates_with_embedding"):
        found["candidates by embedding"] = embedding_facts(report)
    if embedded := training.get("embeddings"):
        found["embeddings"] = embedded["reason"]
    for kind, figures in (training.get("challengers") or {}).items():
        sides = ", ".join(
            f"{name.replace('_', ' ')} {figures['figures'][name]['value']:.4f} (scorer {own['value']:.4f})"
            for name, own in figures["scorer"].items()
            if name != "queries" and own["value"] is not None
        )
        found[f"challenger {kind}"] = f"{figures['verdict']}; on the validation pairs {sides}"
    return found
