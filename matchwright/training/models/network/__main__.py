"""Fit the network again on the labelled pairs of a finished training, in one process or several.

    torchrun --nproc_per_node 2 -m matchwright.training.models.network \\
        --spec SPEC --records FILE --model FOLDER --out FOLDER

``--records`` is the features step's ``records.parquet``, and ``--model`` the train step's folder. Plain ``python``
starts one process. Each process uses a GPU if there are enough of them, else the CPU. The command writes
``scorer.onnx``, ``embeddings.safetensors`` (if there are enough pairs) and ``fit.json``.
"""

import argparse
import json
from pathlib import Path

from torch import distributed

from matchwright.core.records.frames import read_frame
from matchwright.core.spec import load_spec
from matchwright.training.models.network.processes import this_process
from matchwright.training.models.network.refit import fit_on_pairs


def main() -> None:
    """Fit in every process. The first one writes the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, meaning in (
        ("spec", "the match spec"),
        ("records", "record features, Parquet"),
        ("model", "a folder with pairs.parquet and comparisons.parquet"),
        ("out", "the folder to write"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=meaning)
    arguments = parser.parse_args()
    here = this_process()
    pairs, comparisons = (read_frame(arguments.model / f"{name}.parquet") for name in ("pairs", "comparisons"))
    fitted = fit_on_pairs(read_frame(arguments.records), pairs, comparisons, load_spec(arguments.spec))
    if here.rank == 0:
        arguments.out.mkdir(parents=True, exist_ok=True)
        fitted.trained.scorer.save(arguments.out / "scorer.onnx")
        if fitted.embeddings is not None:
            fitted.embeddings.save(arguments.out / "embeddings.safetensors")
        report = {
            "processes": here.count,
            "device": here.device.type,
            "train_losses": fitted.trained.train_losses,
            "validation_losses": fitted.trained.validation_losses,
        }
        (arguments.out / "fit.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if distributed.is_initialized():
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()
