#!/usr/bin/env python3
"""Checks a file against an evidence record (RFC 4998) with Python's standard library and OpenSSL: nothing of ours.

    tests/interop/evidence.py EVIDENCE FILE ROOTS

ROOTS: PEM file with the roots of the time-stamping authorities. Written from RFC 4998 §4.3 and §5.3 alone: the first
hash list holds the file's digest; each list, sorted and hashed with what came from below, leads to the root; OpenSSL's
`ts -verify` says that the token is over that root, under one of the roots given. Each further time-stamp of the chain
must be over the token before it. SHA-256 and one chain only. Exit status 0 if all holds.
"""
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

SHA256 = bytes.fromhex("608648016503040201")


class Wrong(Exception):
    pass


def demand(holds, otherwise):
    if not holds:
        raise Wrong(otherwise)


def elements(data):
    """(tag, whole, body) of each DER element in `data`."""
    while data:
        length, size = data[1], 2
        if length & 0x80:
            size = 2 + (length & 0x7F)
            length = int.from_bytes(data[2:size], "big")
        demand(size + length <= len(data), "cut off")
        yield data[0], data[:size + length], data[size:size + length]
        data = data[size + length:]


def node(digests):
    """RFC 4998 §4.2: the digests of a list, in binary ascending order, joined and hashed; one digest is itself."""
    return digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(sorted(digests))).digest()


def archive_time_stamp(body):
    """(lists of the reduced hash tree, token)."""
    lists, token = [], None
    for tag, whole, content in elements(body):
        if tag == 0xA0:
            demand(content == b"\x06\x09" + SHA256, "another digest algorithm than SHA-256")
        elif tag == 0xA2:
            lists = [[digest for _, _, digest in elements(part)] for _, _, part in elements(content)]
        elif tag == 0x30:
            token = whole
    demand(token is not None, "no token")
    return lists, token


def check(lists, token, digest, roots):
    if lists:
        demand(digest in lists[0], "the first hash list does not hold the digest")
        carried = []
        for digests in lists:
            carried = [node(digests + carried)]
        root = carried[0]
    else:
        root = digest
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "token"
        path.write_bytes(token)
        done = subprocess.run(["openssl", "ts", "-verify", "-digest", root.hex(), "-in", path, "-token_in",
                               "-CAfile", roots], capture_output=True)
    demand(done.returncode == 0, f"openssl ts -verify: {done.stderr.decode('utf-8', 'replace')}")


def main():
    evidence, file, roots = sys.argv[1:]
    (tag, _, body), = elements(Path(evidence).read_bytes())
    parts = list(elements(body))
    demand(tag == 0x30 and parts[0][2] == b"\x01", "not an evidence record of version 1")
    (_, _, chain), = elements(parts[-1][2])
    digest, count = hashlib.sha256(Path(file).read_bytes()).digest(), 0
    for _, _, stamp in elements(chain):
        lists, token = archive_time_stamp(stamp)
        check(lists, token, digest, roots)
        digest, count = hashlib.sha256(token).digest(), count + 1
    demand(count > 0, "no time-stamp")
    print(f"ok: {count} time-stamps")


if __name__ == "__main__":
    try:
        main()
    except (Wrong, ValueError, IndexError) as error:
        sys.exit(f"FAIL: {error}")
