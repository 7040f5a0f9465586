"""Alters one byte of a file, where it matters: usage: corrupt.py PART FILE

  middle     the middle byte of a file
  entry      a byte in the middle entry of an entry bundle, never of a length
  ed25519    a byte of a note's Ed25519 signature (its shortest line)
  ml-dsa-44  a byte of a note's ML-DSA-44 signature (its longest line)
  root       a byte of the root that a note states
  hash       a byte of a receipt's last proof hash
  entry-text a letter of the entry that a receipt carries
  opening    a letter of what opens the entry's commitment
  blob, key, entry-frame, commit, seal
             the middle byte of the body of the middle such frame in a segment; its header is made to fit again
  end        not a flip: the file's last byte is cut off

Base64 stays base64: what must be noticed is the change, not a bad character. The file is replaced, never written
through: it may be a link to the true one.
"""

import base64
import os
import sys
from pathlib import Path


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def flip_base64(text, at):
    return base64.b64encode(flip(base64.b64decode(text, validate=True), at))


def first_letter(receipt, field):
    """Of that field's own text, in the JSON of the extra line: changed, it is JSON still."""
    extra = base64.b64decode(receipt.split(b"\n")[1].removeprefix(b"extra "), validate=True)
    begins = extra.index(b'"%s":"' % field) + len(field) + 4
    return next(at for at in range(begins, len(extra)) if extra[at : at + 1].isalpha())


def middle(data):
    return flip(data, len(data) // 2)


def entry(data):
    places, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if length:
            places.append(at + 2 + length // 2)
        at += 2 + length
    return flip(data, places[len(places) // 2])


def in_line(data, choose, at):
    """Flips byte `at` of the last word, in base64, of the line that `choose` picks of (number, line)s."""
    lines = data.split(b"\n")
    number, line = choose(list(enumerate(lines)))
    *words, text = line.split(b" ")
    lines[number] = b" ".join([*words, flip_base64(text, at)])
    return b"\n".join(lines)


def signatures(lines):
    return [it for it in lines if it[1].startswith("— ".encode())]


def by_length(it):
    return len(it[1])


def root(data):
    """The third line of the checkpoint, which in a receipt follows the first empty line."""
    first = data[: data.index(b"\n\n")].count(b"\n") + 2 if data.startswith(b"c2sp.org/tlog-proof@v1\n") else 0
    return in_line(data, lambda lines: lines[first + 2], 16)


def frame(kind):
    def altered(data):
        from read_format import b3, crc32c

        places, at = [], 128
        while data[at : at + 4] == b"CBF1":
            length = int.from_bytes(data[at + 8 : at + 16], "little")
            if data[at + 4] == kind:
                places.append((at, length))
            at += 80 + -(-length // 8) * 8
        at, length = places[len(places) // 2]
        body = middle(data[at + 80 : at + 80 + length])
        head = data[at : at + 40] + b3(body) + data[at + 72 : at + 76]
        return data[:at] + head + crc32c(head) + body + data[at + 80 + length :]

    return altered


PARTS = {
    "middle": middle,
    "entry": entry,
    "ed25519": lambda data: in_line(data, lambda lines: min(signatures(lines), key=by_length), 4 + 40),
    "ml-dsa-44": lambda data: in_line(data, lambda lines: max(signatures(lines), key=by_length), 4 + 8 + 1000),
    "root": root,
    "hash": lambda data: in_line(data, lambda lines: lines[data[: data.index(b"\n\n")].count(b"\n")], 16),
    "entry-text": lambda data: in_line(data, lambda lines: lines[1], first_letter(data, b"entry")),
    "opening": lambda data: in_line(data, lambda lines: lines[1], first_letter(data, b"opening")),
    "blob": frame(1),
    "key": frame(2),
    "entry-frame": frame(3),
    "commit": frame(4),
    "seal": frame(6),
    "end": lambda data: data[:-1],
}


def main(part, path):
    path = Path(path)
    data = path.read_bytes()
    altered = PARTS[part](data)
    assert altered != data and len(altered) == len(data) - (part == "end")
    beside = path.with_name(path.name + ".altered")
    beside.write_bytes(altered)
    os.replace(beside, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
