"""Reads a whole archive as docs/format.md says, and brings every document back: no code of the archive has a part.

usage: read_format.py ARCHIVE CUSTODY KEY_COPY OUT
exit status: 0 all is as the page says, and the documents lie in OUT; 1 something is not; 2 it could not be asked

Checks what §3.7 asks for. A document is OUT/DOC_CODE.N, N its place in the record, from
1; its file name as it came is in the record's body. Of keys it takes the root key and `.epochs` from the custody
folder, `.scopes` from the key copy: the archive's own copies must be the same. The paragraphs (§) are the page's.
Documents that were written before something is found wrong stay in OUT: only status 0 says that they are right.
One file, so that it can be handed over with an archive.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from blake3 import blake3
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

BLOB, KEY, ENTRY, COMMIT, CHECKPOINT, SEAL = range(1, 7)
LONGEST = {BLOB: 17 << 20, KEY: 128 << 10, ENTRY: 65_535, COMMIT: 132, CHECKPOINT: 1 << 20, SEAL: 256 << 20}  # §3
PART, CHUNK = 16 << 20, 64 << 10  # §5.1, §5.3
DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"  # §5.4
FIXED_LINES = """\
content-digests sha-256 blake3
commitment hmac-sha-256
tree c2sp.org/tlog-tiles c2sp.org/tlog-checkpoint c2sp.org/signed-note c2sp.org/tlog-cosignature c2sp.org/tlog-proof@v1
tree-specification github.com/C2SP/C2SP at 5ba5ee830903e91240fc6f9f3a7a9293d49e69c9
cipher aes-256-gcm, chunks of 65536, hkdf-sha-256, 32-byte key commitment
compression zstd (RFC 8878)
"""
ENTRY_FIELDS = ["v", "event", "id", "previous", "time", "actor", "rule", "commitment", "stored", "detail"]
EVENTS = {
    "archive-created", "actor-registered", "keys-changed", "keys-copied", "fixity-checked", "dossier-accessioned", "dossier-amended",
    "record-accessioned", "transfer-submitted", "transfer-returned", "transfer-accepted", "transfer-ended", "transfer-minutes-filed",
    "clock-confirmed", "trust-anchor-added", "trust-anchor-proposed",
    "trust-anchor-ended", "time-authority-added", "time-authority-ended", "checkpoint-stamped", "evidence-captured",
    "signatures-validated", "evidence-source-added", "evidence-source-ended", "hold-placed", "hold-released",
    "account-proposed", "account-confirmed", "account-closed", "reads-recorded",
    "rules-proposed", "rules-adopted", "holidays-adopted", "archive-kind-set", "archive-named", "agency-sector-set", "agencies-changed", "rule-confirmed", "rule-withdrawn", "retention-assigned", "access-assigned",
    "retention-confirmed", "retention-extended", "occurrence-recorded", "occurrence-revoked", "records-linked", "records-unlinked",
    "retention-reviewed", "description-amended", "dossier-described",
    "request-received", "request-approved", "request-refused", "request-fulfilled", "request-closed", "copy-made",
    "copy-certified", "pass-issued", "pass-revoked",
    "destruction-begun", "keys-moved", "scopes-destroyed", "record-destroyed", "dossier-reduced", "segment-thinned",
    "destruction-ended",
    "disposal-opened", "disposal-acted", "recovered",
}  # fmt: skip
PROGRAM, TIME = "0000000000000000", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


class Wrong(Exception):
    """Something is not as the page says."""


def demand(holds, otherwise):
    if not holds:
        raise Wrong(otherwise)


def sha256(data):
    return hashlib.sha256(data).digest()


def b3(data):
    return blake3(data).digest()


CRC_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    CRC_TABLE.append(_byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


class Tree:
    """An RFC 6962 tree by its right edge, the roots of its full subtrees; and the root it had at every size."""

    def __init__(self):
        self.size, self.edge, self.roots = 0, [], [sha256(b"")]

    def append(self, entry):
        node, size = sha256(b"\0" + entry), self.size
        while size & 1:
            node, size = sha256(b"\1" + self.edge.pop() + node), size >> 1
        self.edge.append(node)
        self.size += 1
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = sha256(b"\1" + left + root)
        self.roots.append(root)


# ---------------------------------------------------------------- §1.1 FORMAT


@dataclass
class Format:
    text: bytes
    archive: bytes  # its UUID
    origin: str
    archive_code: str
    vkeys: dict


def read_format(path):
    text = path.read_bytes()
    demand(len(text) <= 16_384, "FORMAT is too long")
    title, *lines = text.decode().split("\n")
    demand(title == "chauban archive, format 1", "FORMAT: not format 1")
    values = dict(line.partition(" ")[::2] for line in lines[:6])
    names = ["archive", "origin", "archive-code", "created", "ed25519", "ml-dsa-44"]
    demand(list(values) == names and "\n".join(lines[6:]) == FIXED_LINES, "FORMAT: other lines than format 1 has")
    demand(TIME.fullmatch(values["created"]), "FORMAT: created is no time")
    vkeys = {"ed25519": values["ed25519"], "ml-dsa-44": values["ml-dsa-44"]}
    return Format(text, uuid.UUID(values["archive"]).bytes, values["origin"], values["archive-code"], vkeys)


# ---------------------------------------------------------------- §2, §3 segments and frames


@dataclass
class Frame:
    kind: int
    codec: int
    number: int
    object: bytes
    part: int
    header: bytes
    body: bytes
    at: int
    end: int


@dataclass
class Part:
    """Where a part of an object lies: its bytes are read when they are wanted."""

    number: int
    codec: int
    path: Path
    at: int
    length: int
    digest: bytes


@dataclass
class Segments:
    """What the segments hold, and how far the walk came."""

    entries: list = field(default_factory=list)  # (the entry's bytes, its KEY body or None)
    objects: dict = field(default_factory=dict)  # UUID → its parts
    checkpoints: list = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    frames: int = 0
    groups: int = 0
    commit: bytes = bytes(32)  # BLAKE3 of the header of the last
    torn: str = ""  # why the open segment was not read further


def read_segments(folder, archive):
    found, seal = Segments(), bytes(32)
    names = sorted(folder.iterdir(), key=lambda path: int(path.name.partition(".")[0]))
    names = [path for path in names if path.suffix not in (".tmp", ".par")]
    for number, path in enumerate(names, 1):
        sealed = path.suffix == ".seg"
        demand(path.name == f"{number:08}.{'seg' if sealed else 'open'}", f"{path.name} where segment {number} must be")
        demand(sealed or path == names[-1], f"{path.name} is not the last")
        data = path.read_bytes()
        head = data[:128]
        demand(
            head[:124] == struct.pack("<8sII16sQQ32s44x", b"CHBSEG\r\n", 1, 0, archive, number, found.frames, seal)
            and head[124:] == crc32c(head[:124]),
            f"{path.name}: its header is wrong",
        )
        seal = read_segment(found, path, data, sealed)
    return found


def read_segment(found, path, data, sealed):
    """Takes the segment's groups; gives BLAKE3 of the header of its SEAL, or nothing if there is none."""
    at, index = 128, b""
    try:
        while at < len(data):
            number, group = found.frames, []
            while not group or group[-1].kind != COMMIT:
                demand(at < len(data), "the last group has no COMMIT")
                frame = read_frame(data, at, number)
                if frame.kind == SEAL:
                    demand(not group and frame.body == index, "the index is not that of the frames")
                    demand(data[frame.end :] == struct.pack("<Q8s", at, b"CHBSEAL\n"), "the trailer is wrong")
                    return b3(frame.header)
                group.append(frame)
                at, number = frame.end, number + 1
            take_group(found, path, group)
            index += b"".join(frame.header + struct.pack("<Q", frame.at) for frame in group)
        demand(not sealed, "no SEAL")
    except Wrong as wrong:
        demand(not sealed, f"{path.name}, byte {at}: {wrong}")
        found.torn = f"{path.name}, byte {at}: {wrong}"
    return None


def read_frame(data, at, number):
    head = data[at : at + 80]
    demand(head[:4] == b"CBF1" and head[76:] == crc32c(head[:76]), "no frame header")
    kind, codec, zeros, length, stated, owner, digest, part = struct.unpack("<4xBBHQQ16s32sI4x", head)
    demand(kind in LONGEST and codec <= (2 if kind == BLOB else 0) and zeros == 0, "no frame of format 1")
    demand(length <= LONGEST[kind] and stated == number, "a frame too long, or out of order")
    demand(kind == BLOB or (owner == bytes(16) and part == 0), "a frame that names an object and is no BLOB")
    body_end = at + 80 + length
    end = -(-body_end // 8) * 8
    body = data[at + 80 : body_end]
    demand(len(body) == length and b3(body) == digest, "the body has another BLAKE3 than its header says")
    demand(data[body_end:end] == bytes(end - body_end), "the padding is not zeros")
    return Frame(kind, codec, number, owner, part, head, body, at, end)


def take_group(found, path, group):
    """Takes a group if its COMMIT is valid (§3.4)."""
    *frames, commit = group
    demand(len(commit.body) == 132, "a COMMIT of another length")
    size, root, first, count, headers, before = struct.unpack("<Q32sQQ32s32s8x4x", commit.body)
    demand(commit.body[128:] == bytes(4) and before == found.commit, "the COMMIT does not follow the one before")
    demand((first, count) == (found.frames, len(frames)), "the COMMIT covers other frames")
    demand(headers == b3(b"".join(frame.header for frame in frames)), "the COMMIT has other headers")
    demand(all(frame.kind != CHECKPOINT for frame in frames[1:]), "a CHECKPOINT that is not first")
    key = None
    for frame in frames:
        demand(key is None or frame.kind == ENTRY, "a KEY without its ENTRY")
        if frame.kind == BLOB:
            part = Part(frame.part, frame.codec, path, frame.at + 80, len(frame.body), b3(frame.body))
            found.objects.setdefault(frame.object, []).append(part)
        elif frame.kind == KEY:
            key = frame.body
        elif frame.kind == ENTRY:
            found.entries.append((frame.body, key))
            found.tree.append(frame.body)
            key = None
        else:
            found.checkpoints.append(frame.body)
    demand(key is None, "a KEY without its ENTRY")
    demand((size, root) == (found.tree.size, found.tree.roots[-1]), "the COMMIT has another size or root")
    found.frames, found.commit = commit.number + 1, b3(commit.header)
    found.groups += 1


# ---------------------------------------------------------------- §6 keys, checkpoints, marks


@dataclass
class Keys:
    generation: int
    digest: bytes
    scopes: dict  # UUID → key
    buckets: dict  # UUID → bucket
    public: dict  # name of the algorithm → public key, from its seed


def unwrap(key, wrapped, belongs_to):
    try:
        return AESGCM(key).decrypt(wrapped[:12], wrapped[12:], belongs_to)
    except InvalidTag:
        raise Wrong("a wrapped key does not open") from None


def read_keys(archive, custody, key_copy, archive_id):
    title, archive_line, key_line, check = (custody / "root.key").read_text().rstrip("\n").split("\n")
    root = bytes.fromhex(key_line.removeprefix("key "))
    named = f"archive {uuid.UUID(bytes=archive_id)}"
    demand((title, archive_line) == ("chauban root key 1", named), "the root key of another archive")
    demand(check == "check " + sha256(title.encode() + archive_id + root).hex()[:8], "the root key is mistyped")
    newest = max(int(path.stem) for path in key_copy.glob("*.scopes") if (custody / f"{path.stem}.epochs").exists())
    epochs_text = (custody / f"{newest:08}.epochs").read_bytes()
    scopes_text = (key_copy / f"{newest:08}.scopes").read_bytes()
    demand(epochs_text == (archive / f"keys/{newest:08}.epochs").read_bytes(), "two versions of the epoch keys")
    demand(scopes_text == (archive / f"keys/{newest:08}.scopes").read_bytes(), "two versions of the scope keys")
    epochs_file, scopes_file = json.loads(epochs_text), json.loads(scopes_text)
    for file, name in ((epochs_file, "epoch keys 1"), (scopes_file, "scope keys 1")):
        stated = (file["chauban"], uuid.UUID(file["archive"]).bytes, file["generation"])
        demand(stated == (name, archive_id, newest), f"not the {name} of generation {newest}")
    under_root = {
        row["id"]: unwrap(root, base64.b64decode(row["wrapped"]), archive_id + row["id"].encode())
        for row in epochs_file["epochs"] + epochs_file["signing"]
    }
    scopes, buckets = {}, {}
    for row in scopes_file["scopes"]:
        scope = uuid.UUID(row["id"]).bytes
        belongs_to = archive_id + scope + row["bucket"].encode()
        scopes[scope] = unwrap(under_root[row["epoch"]], base64.b64decode(row["wrapped"]), belongs_to)
        buckets[scope] = row["bucket"]
    public = {
        "ed25519": Ed25519PrivateKey.from_private_bytes(under_root["ed25519"]).public_key().public_bytes_raw(),
        "ml-dsa-44": MLDSA44PrivateKey.from_seed_bytes(under_root["ml-dsa-44"]).public_key().public_bytes_raw(),
    }
    return Keys(newest, b3(b"chauban keys 1\n" + b3(epochs_text) + b3(scopes_text)), scopes, buckets, public)


def check_vkeys(form, keys):
    for name, kind in (("ed25519", b"\1"), ("ml-dsa-44", b"\6")):
        origin, key_id, key = form.vkeys[name].split("+", 2)
        demand(base64.b64decode(key) == kind + keys.public[name], f"FORMAT's {name} key is not that of the seed")
        computed = sha256(origin.encode() + b"\n" + kind + keys.public[name])[:4].hex()
        demand((origin, key_id) == (form.origin, computed), f"FORMAT's {name} key has another name or ID")


def check_checkpoint(note, form, keys, roots):
    """An Ed25519 line must verify, and the root must be that of so many entries; gives their number."""
    text, signatures = note.decode().split("\n\n", 1)
    origin, size, root = text.split("\n")
    demand(origin == form.origin, f"a checkpoint of {origin}")
    demand(int(size) < len(roots), f"a checkpoint of {size} entries, but {len(roots) - 1} are there")
    demand(base64.b64decode(root) == roots[int(size)], f"the checkpoint of {size} entries has another root")
    key_id = bytes.fromhex(form.vkeys["ed25519"].split("+", 2)[1])
    prefix = f"— {form.origin} "
    lines = [base64.b64decode(line[len(prefix) :]) for line in signatures.splitlines() if line.startswith(prefix)]
    ours = [line[4:] for line in lines if line[:4] == key_id]
    demand(len(ours) == 1, "the checkpoint has not one Ed25519 line by the archive")
    try:
        Ed25519PublicKey.from_public_bytes(keys.public["ed25519"]).verify(ours[0], f"{text}\n".encode())
    except InvalidSignature:
        raise Wrong(f"the signature of the checkpoint of {size} entries is false") from None
    return int(size)


def check_mark(path, archive_id):
    lines, check, rest = path.read_bytes().rpartition(b"check ")
    demand(check + rest == b"check " + b3(lines).hex().encode() + b"\n", f"{path.name} has another check")
    demand(lines.startswith(f"chauban high-water mark 1\narchive {uuid.UUID(bytes=archive_id)}\n".encode()), path.name)


# ---------------------------------------------------------------- §5 objects


def read_object(archive_id, owner, data_key, parts, dictionary):
    """The object's bytes, and (BLAKE3, length) of how it is stored, for the entry's `stored`."""
    derived = HKDF(hashes.SHA256(), 64, b"chauban/1 object", archive_id + owner).derive(data_key)
    demand([part.number for part in parts] == list(range(len(parts))), "the parts of an object have gaps")
    plain = bytearray()
    for part in parts:
        with part.path.open("rb") as segment:
            segment.seek(part.at)
            stored = segment.read(part.length)
        demand(stored[:32] == derived[32:], "another key commitment")
        opened = open_chunks(AESGCM(derived[:32]), part.number, memoryview(stored)[32:])
        opened = decompress(opened, part.codec, dictionary)
        demand(len(opened) == PART if part is not parts[-1] else len(opened) <= PART, "a part of another length")
        plain += opened
    digests = [part.digest for part in parts]
    digest = digests[0] if len(parts) == 1 else b3(b"".join(digests))
    return bytes(plain), [digest.hex(), sum(part.length for part in parts)]


def open_chunks(cipher, part, sealed):
    count = max(1, -(-len(sealed) // (CHUNK + 16)))
    opened = []
    for number in range(count):
        nonce = struct.pack(">II3xB", part, number, number == count - 1)
        try:
            opened.append(cipher.decrypt(nonce, sealed[number * (CHUNK + 16) : (number + 1) * (CHUNK + 16)], None))
        except InvalidTag:
            raise Wrong(f"chunk {number} of part {part} does not open") from None
    return b"".join(opened)


def decompress(data, codec, dictionary):
    if codec == 0:
        return data
    size = zstandard.frame_content_size(data)
    demand(0 <= size <= PART, "a zstd frame that states no size, or too great a one")
    form = zstandard.DICT_TYPE_FULLDICT if dictionary.startswith(DICTIONARY_MAGIC) else zstandard.DICT_TYPE_RAWCONTENT
    known = zstandard.ZstdCompressionDict(dictionary, form) if codec == 2 else None
    return zstandard.ZstdDecompressor(dict_data=known).decompress(data)


# ---------------------------------------------------------------- §4 entries and bodies


class Reading:
    """Entries in order: what each must agree with of those before it."""

    def __init__(self, form, found, keys, out):
        self.form, self.found, self.keys, self.out = form, found, keys, out
        self.last, self.time, self.actors, self.dictionary = {}, "", {PROGRAM}, b""
        self.dossiers, self.ordinals = {}, Counter()
        self.evidence = set()
        self.events, self.documents, self.bytes = Counter(), 0, 0

    def entry(self, number, text, key):
        entry = json.loads(text)
        demand(list(entry) == ENTRY_FIELDS[: len(entry)] and len(entry) >= 9, "other fields")
        demand(json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() == text, "not its own JSON")
        demand(entry["v"] == 1 and entry["event"] in EVENTS, "not an entry of format 1")
        demand(entry["previous"] == self.last.get(entry["id"]), "previous is not the entry before of that id")
        demand(TIME.fullmatch(entry["time"]) and entry["time"] > self.time, "its time does not increase")
        if number == 0:
            demand(entry["event"] == "archive-created", "entry 0 is not archive-created")
            demand(entry["detail"] == {"format": sha256(self.form.text).hex()}, "it states another FORMAT")
            self.actors.add(entry["actor"])
        registered = entry["event"] == "actor-registered" and entry["actor"] not in self.actors
        demand(registered or entry["actor"] in self.actors, "its actor was not registered")
        self.actors.add(entry["actor"])
        self.last[entry["id"]], self.time = number, entry["time"]
        self.events[entry["event"]] += 1
        if key is None:
            demand(entry["stored"] == [] and entry["commitment"] is None, "objects without a KEY")
        else:
            self.objects(number, entry, key)

    def objects(self, number, entry, key):
        scope, count = key[:16], (len(key) - 16) // 108
        demand(len(key) == 16 + 108 * count and count == len(entry["stored"]), "its KEY has not a row for each object")
        plains, salt = [], b""
        for row, stored in zip(struct.iter_unpack("16s92s", key[16:]), entry["stored"], strict=True):
            owner, wrapped = row
            secret = unwrap(self.keys.scopes[scope], wrapped, self.form.archive + scope + owner)
            parts = self.found.objects.pop(owner, [])
            demand(parts, "an object that is not there, or is another entry's")
            plain, lies = read_object(self.form.archive, owner, secret[:32], parts, self.dictionary)
            demand(stored == lies, "stored is not what lies there")
            plains.append(plain)
            salt = secret[32:]
        *components, text = plains
        manifest_text, _, body_text = text.partition(b"\n")
        committed = hmac.digest(salt, manifest_text, "sha256").hex()
        demand(committed == entry["commitment"], "the commitment is to another manifest")
        manifest, body = json.loads(manifest_text), json.loads(body_text)
        demand(manifest["body"] == {"sha256": sha256(body_text).hex(), "size": len(body_text)}, "another body")
        for plain, listed in zip(components, manifest["components"], strict=True):
            found = (sha256(plain).hex(), b3(plain).hex(), len(plain))
            demand(found == (listed["sha256"], listed["blake3"], listed["size"]), f"{listed['name']} is another file")
        if number == 0:
            self.dictionary = components[0]
            demand(body["format"].encode() == self.form.text, "its body has another FORMAT")
        elif entry["event"] == "actor-registered":
            demand(body["actor"] == entry["actor"], "it registers another actor")
        elif entry["event"].startswith("dossier-"):
            whole = body["dossier"] if entry["event"] == "dossier-described" else body
            demand(entry["event"] != "dossier-described" or entry["id"] in self.dossiers, "a dossier that is not there is described")
            self.dossiers[entry["id"]] = whole
        elif entry["event"] == "record-accessioned":
            self.record(body, manifest, components)
        elif entry["event"] == "evidence-captured":
            digests = [sha256(plain).hex() for plain in components]
            demand(digests == [item["sha256"] for item in body["items"]], "it captured something else")
            demand(not self.evidence & set(digests) and len(set(digests)) == len(digests), "evidence captured twice")
            self.evidence |= set(digests)
        elif entry["event"] == "signatures-validated":
            self.validated(body)

    def validated(self, body):
        demand(body["runs"], "a validation of nothing")
        demand(set(body["evidence"]) <= self.evidence, "a validation looked at what was not captured")
        for run in body["runs"]:
            report = run["report"]
            policy, practice = report["policy"], report["document"]["practice"]
            named = {policy["sha256"], (policy["base"] or policy)["sha256"], practice["sha256"], report["trust_sha256"]}
            demand(named <= set(body["evidence"]), "a validation rests on what was not captured")

    def record(self, body, manifest, components):
        self.ordinals[body["dossier"]] += 1
        code, ordinal = body["doc_code"], body["ordinal"]
        demand(body["dossier"] in self.dossiers, "its dossier was not accessioned")
        demand(body["file_code"] == self.dossiers[body["dossier"]]["file_code"], "its dossier has another code")
        demand(ordinal == self.ordinals[body["dossier"]], "its ordinal leaves a gap")
        demand(code == f"{body['file_code']}.{ordinal:07}", "its code is not its place")
        demand(body["arc_doc_code"] == f"{self.form.archive_code}.{code}", "its archive code is another")
        said = [(it["name"], it["sha256"], it["blake3"], it["size"]) for it in body["components"]]
        listed = [(it["name"], it["sha256"], it["blake3"], it["size"]) for it in manifest["components"]]
        demand(said == listed, "body and manifest name other files")
        demand(CODE.fullmatch(code), "a code that is no file name")
        for number, plain in enumerate(components, 1):
            (self.out / f"{code}.{number}").write_bytes(plain)
            self.documents += 1
            self.bytes += len(plain)


def read(archive, custody, key_copy, out):
    out.mkdir(parents=True, exist_ok=True)
    form = read_format(archive / "FORMAT")
    found = read_segments(archive / "segments", form.archive)
    keys = read_keys(archive, custody, key_copy, form.archive)
    check_vkeys(form, keys)
    try:
        signed = check_checkpoint((archive / "ledger/checkpoint").read_bytes(), form, keys, found.tree.roots)
    except Wrong as wrong:
        raise Wrong(f"{wrong}; the segments were read up to {found.torn}" if found.torn else wrong) from None
    for note in found.checkpoints:
        check_checkpoint(note, form, keys, found.tree.roots)
    for mark in (archive / "state/high-water", custody / "high-water"):
        check_mark(mark, form.archive)
    changes = [json.loads(text) for text, _ in found.entries if b'"keys-changed"' in text]
    newest = [it["detail"] for it in changes if it["event"] == "keys-changed"][-1]
    demand(newest == {"generation": keys.generation, "keys": keys.digest.hex()}, "another generation of keys")
    reading = Reading(form, found, keys, out)
    for number, (text, key) in enumerate(found.entries):
        try:
            reading.entry(number, text, key)
        except Wrong as wrong:
            raise Wrong(f"entry {number}: {wrong}") from None
    return (
        f"{reading.documents} files of {reading.events['record-accessioned']} records, {reading.bytes} bytes; "
        f"{len(found.entries)} entries, {signed} of them signed; {found.frames} frames in {found.groups} groups; "
        f"{len(keys.scopes)} scopes; {len(found.objects)} objects of no entry"
    )


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    unreadable = (InvalidTag, InvalidSignature, zstandard.ZstdError, struct.error, ValueError, LookupError, TypeError)
    try:
        print(read(*map(Path, arguments)))
    except Wrong as wrong:
        print(f"NOT SO: {wrong}")
        return 1
    except unreadable as wrong:  # bytes that are not even of the form they must have
        print(f"NOT SO: {type(wrong).__name__}: {wrong}")
        return 1
    except OSError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
