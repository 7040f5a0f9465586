"""Checks of a ledger by Python implementations: sigstore, pymerkle, dilithium-py and the standard library.

usage: verify.py CHECK ARGUMENT...    exit status: 0 it passed, 1 it failed, 2 it could not be asked

  root LEDGER NOTE            pymerkle: the entries' root now, and when NOTE was the checkpoint
  inclusion RECEIPT...        sigstore: each receipt's entry is in its checkpoint's tree
  ml-dsa-44 KEY NOTE...       dilithium-py: the ML-DSA-44 line of each checkpoint (of each receipt)
  commitment RECEIPT...       hmac: what each receipt opens is what its entry commits to

Signatures are believed but by ml-dsa-44: each check proves one thing.
"""

import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path
from types import SimpleNamespace

HEADER = b"c2sp.org/tlog-proof@v1\n"


class Failed(Exception):
    """The check was made and did not pass."""


def demand(holds, otherwise):
    if not holds:
        raise Failed(otherwise)


def checkpoint_of(path):
    """A checkpoint's bytes, or those of the one in a receipt."""
    text = Path(path).read_bytes()
    return text.split(b"\n\n", 1)[1] if text.startswith(HEADER) else text


def head_of(checkpoint):
    origin, size, root = checkpoint.split(b"\n\n")[0].split(b"\n")
    return origin, int(size), base64.b64decode(root, validate=True)


def read_receipt(path):
    text = Path(path).read_bytes()
    demand(text.startswith(HEADER), "not a tlog-proof")
    head, checkpoint = text[len(HEADER) :].split(b"\n\n", 1)
    extra, index, *hashes = head.split(b"\n")
    demand(extra.startswith(b"extra ") and index.startswith(b"index "), "not a tlog-proof with an extra line")
    extra = json.loads(base64.b64decode(extra[6:], validate=True))
    return int(index[6:]), extra, [base64.b64decode(it, validate=True) for it in hashes], checkpoint


def root(ledger, note):
    from pymerkle import InmemoryTree

    ledger = Path(ledger)
    _, size, now = head_of(checkpoint_of(ledger / "checkpoint"))
    _, old_size, then = head_of(checkpoint_of(note))
    tree = InmemoryTree(algorithm="sha256")
    for number in range((size + 255) // 256):
        digits = f"{number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = "/".join([f"x{it}" for it in groups[:-1]] + groups[-1:])
        width = min(256, size - number * 256)
        path += "" if width == 256 else f".p/{width}"
        bundle = (ledger / "tile/entries" / path).read_bytes()
        at = 0
        for _ in range(width):
            length = int.from_bytes(bundle[at : at + 2], "big")
            demand(len(bundle) >= at + 2 + length, f"bundle {path} is cut off")
            tree.append_entry(bundle[at + 2 : at + 2 + length])
            at += 2 + length
        demand(at == len(bundle), f"bundle {path} is longer than its entries")
    for wanted, at in ((now, size), (then, old_size)):
        demand(at <= size, f"size {at} is beyond the ledger's {size}")
        found = tree.get_root(at) if at else hashlib.sha256().digest()
        demand(found == wanted, f"the first {at} entries have root {found.hex()}, the checkpoint says {wanted.hex()}")
    return f"{old_size} and {size} entries"


def inclusion(*receipts):
    from sigstore._internal.merkle import verify_merkle_inclusion

    for path in receipts:
        index, extra, hashes, checkpoint = read_receipt(path)
        _, size, root = head_of(checkpoint)
        demand(index < size, f"{Path(path).name}: entry {index} of {size}")
        proof = SimpleNamespace(log_index=index, tree_size=size, hashes=hashes, root_hash=root)
        leaf = SimpleNamespace(inclusion_proof=proof, canonicalized_body=extra["entry"].encode())
        verify_merkle_inclusion(SimpleNamespace(_inner=leaf))
    return f"{len(receipts)} receipts"


def ml_dsa_44(vkey, *notes):
    from dilithium_py.ml_dsa import ML_DSA_44

    name, key_id, key = Path(vkey).read_bytes().strip().split(b"+", 2)
    key = base64.b64decode(key, validate=True)
    computed = hashlib.sha256(name + b"\n" + key).digest()[:4]
    demand(key[:1] == b"\x06" and computed.hex().encode() == key_id, "not an ML-DSA-44 vkey with its own ID")
    for path in notes:
        checkpoint = checkpoint_of(path)
        origin, size, root = head_of(checkpoint)
        demand(origin == name, f"{Path(path).name}: of the log {origin.decode()}")
        lines = checkpoint[checkpoint.rindex(b"\n\n") + 2 :].splitlines()
        prefix = "— ".encode() + name + b" "
        lines = [base64.b64decode(it[len(prefix) :], validate=True) for it in lines if it.startswith(prefix)]
        signatures = [it[4:] for it in lines if it[:4] == computed]
        demand(len(signatures) == 1, f"{Path(path).name}: not one line by {key_id.decode()}")
        time, signature = signatures[0][:8], signatures[0][8:]
        message = b"subtree/v1\n\0" + bytes([len(name)]) + name + time + bytes([len(origin)]) + origin
        message += bytes(8) + size.to_bytes(8, "big") + root
        demand(ML_DSA_44.verify(key[1:], message, signature), f"{Path(path).name}: the signature is false")
    return f"{len(notes)} signed by {name.decode()}"


def commitment(*receipts):
    for path in receipts:
        _, extra, _, _ = read_receipt(path)
        opened = hmac.digest(bytes.fromhex(extra["salt"]), extra["opening"].encode(), "sha256").hex()
        demand(opened == json.loads(extra["entry"]).get("commitment"), f"{Path(path).name}: commits to something else")
    return f"{len(receipts)} receipts"


CHECKS = {"root": root, "inclusion": inclusion, "ml-dsa-44": ml_dsa_44, "commitment": commitment}


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(CHECKS[arguments[0]](*arguments[1:]))
    except ImportError:
        raise
    except Exception as failure:  # whatever a verifier raises on what it is shown, it has not verified it
        print(f"{type(failure).__name__}: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ImportError as missing:
        print(missing, file=sys.stderr)
        sys.exit(2)
