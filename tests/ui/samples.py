"""Documents for the stories: those of the sample, under other numbers, in dossiers of the stories."""

import hashlib
import json
import pathlib
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[1] / "sample/transfer"


def unsigned():
    """Sidecars of documents that nobody signed, and that have no fault."""
    expected = json.loads((HOME.parent / "expected.json").read_text())["transfer"]["files"]
    good = (name for name, told in sorted(expected.items()) if told["outcome"] == "taken" and not told["signed"])
    return [(HOME / name).with_suffix(".json") for name in good]


def document(folder, number, dossier, title, **otherwise):
    """Writes the sample's document of that number as one of a dossier; `otherwise` is what its sidecar says instead of what is so."""
    folder.mkdir(parents=True, exist_ok=True)
    sidecar = unsigned()[number]
    content = sidecar.with_suffix(".pdf").read_bytes() + f"\n% {dossier} {number}\n".encode()
    described = json.loads(sidecar.read_text())
    about = described["symbol"].split("/", 1)[1]
    ours = 9000 + int(hashlib.sha256(f"{dossier} {number}".encode()).hexdigest()[:6], 16) % 90000
    described |= {"file_code": dossier, "file_title": title, "symbol": f"{ours}/{about}", "number": ours,
                  "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **otherwise}  # fmt: skip
    name = folder / f"van-ban-{number}"
    name.with_suffix(".pdf").write_bytes(content)
    name.with_suffix(".json").write_text(json.dumps(described))
    return name.with_suffix(".pdf"), name.with_suffix(".json")


def signed(path, content, name):
    """A PDF of the archive's, signed by somebody of that name."""
    plain = path.with_suffix(".plain.pdf")
    plain.write_bytes(content)
    subprocess.run([sys.executable, HOME.parents[1] / "sign.py", "sign", plain, path, name], check=True)
    return path
