"""Documents for the stories: those of the sample, under other numbers, in dossiers of the stories."""

import hashlib
import json
import pathlib

HOME = pathlib.Path(__file__).resolve().parents[1] / "sample/transfer"


def unsigned():
    """Sidecars of documents that nobody signed, and that have no fault."""
    expected = json.loads((HOME.parent / "expected.json").read_text())["transfer"]["files"]
    good = (name for name, told in sorted(expected.items()) if told["outcome"] == "taken" and not told["signed"])
    return [(HOME / name).with_suffix(".json") for name in good]


def document(folder, number, dossier, title, announced=None):
    """Writes the sample's document of that number as one of a dossier; `announced` in place of its SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    sidecar = unsigned()[number]
    content = sidecar.with_suffix(".pdf").read_bytes() + f"\n% {dossier} {number}\n".encode()
    described = json.loads(sidecar.read_text())
    about = described["symbol"].split("/", 1)[1]
    ours = 9000 + int(hashlib.sha256(f"{dossier} {number}".encode()).hexdigest()[:6], 16) % 90000
    described |= {"file_code": dossier, "file_title": title, "symbol": f"{ours}/{about}", "number": ours,
                  "size": len(content), "sha256": announced or hashlib.sha256(content).hexdigest()}  # fmt: skip
    name = folder / f"van-ban-{number}"
    name.with_suffix(".pdf").write_bytes(content)
    name.with_suffix(".json").write_text(json.dumps(described))
    return name.with_suffix(".pdf"), name.with_suffix(".json")
