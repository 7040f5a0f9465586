#!/usr/bin/env python3
"""A time-stamping authority (RFC 3161 over HTTP) for tests and the demo: worth nothing, trusted by nobody.

    tests/tsa.py [--port 3180] [--folder DIR] [--key PEM --cert PEM] [--algorithm rsa|ecdsa] [--fault NAME]
                 [--seconds N]
    tests/tsa.py --self-check

OpenSSL's `ts -reply` makes the tokens, Python's standard library serves them, so a bare Debian with openssl and python3
is enough. Unless --key and --cert are given, a root and an authority of three days are made in DIR (a temporary folder
by default, removed at the end): DIR/root.pem is what to trust, DIR/tsa.pem the certificate. One line on standard output
says that it is ready: the address and the path of the root.

Faults, for every request by --fault or for one by the path (http://127.0.0.1:3180/wrong-nonce):

    wrong-nonce     the answer carries another nonce          delay       answers after N seconds (default 20)
    no-nonce        the answer carries none                   error       HTTP status 500
    wrong-imprint   the token is over another digest          garbage     HTTP status 200, but no DER
    rejected        status `rejection`, badAlg, no token      truncated   half of a good answer
    no-certificate  the token lacks the certificate           closed      the connection ends without an answer
    oversized       64 MiB of zeros
"""
import argparse
import contextlib
import http.server
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

NAME = "/C=VN/O=TEST ONLY - not a real authority/CN="
REQUEST_BYTES_MAX, OVERSIZED_BYTES, DAYS = 65536, 64 << 20, "3"
ALGORITHMS = {"rsa": ["rsa:2048"], "ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]}
SETTINGS = """
[tsa]
default_tsa = unit
[unit]
serial = {folder}/serial
signer_cert = {cert}
signer_key = {key}
certs = {cert}
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.3161
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
EXTENSIONS = """
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


# ------------------------------------------------------------------ the request, cut open


def elements(data):
    """(tag, header, body) of each DER element in `data`."""
    while data:
        length, size = data[1], 2
        if length & 0x80:
            size = 2 + (length & 0x7F)
            length = int.from_bytes(data[2:size], "big")
        yield data[0], data[:size], data[size:size + length]
        data = data[size + length:]


def sequence(body):
    length = len(body)
    long = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return b"\x30" + (bytes([length]) if length < 0x80 else bytes([0x80 | len(long)]) + long) + body


def changed(request, fault):
    """The request that makes OpenSSL give the faulty answer."""
    (_, _, body), = elements(request)
    parts = list(elements(body))
    for place, (tag, header, value) in enumerate(parts):
        if fault == "wrong-nonce" and tag == 0x02 and place > 0:
            value = value[:-1] + bytes([value[-1] ^ 1])
        if fault == "wrong-imprint" and tag == 0x30 and place == 1:
            value = value[:-1] + bytes([value[-1] ^ 1])
        if fault == "rejected" and tag == 0x30 and place == 1:  # an algorithm that SETTINGS does not list: MD5
            value = bytes.fromhex("300c06082a864886f70d02050500"
                                  "0410") + bytes(16)
            header = b"\x30" + bytes([len(value)])
        parts[place] = (tag, header, value)
    if fault == "no-nonce":
        parts = [p for place, p in enumerate(parts) if p[0] != 0x02 or place == 0]
    if fault == "no-certificate":
        parts = [p for p in parts if p[0] != 0x01]
    return sequence(b"".join(header + value for _, header, value in parts))


CHANGING = {"wrong-nonce", "no-nonce", "wrong-imprint", "rejected", "no-certificate"}
FAULTS = CHANGING | {"delay", "error", "garbage", "truncated", "closed", "oversized"}

# ------------------------------------------------------------------ the authority


class Authority:
    """Keys, certificates and serial numbers in a folder."""
    def __init__(self, folder, key=None, cert=None, algorithm="rsa"):
        self.folder, self.turn = Path(folder), threading.Lock()
        self.key, self.cert = Path(key or self.folder / "tsa.key"), Path(cert or self.folder / "tsa.pem")
        self.root = self.folder / "root.pem" if not cert else self.cert
        if not cert:
            self.make(ALGORITHMS[algorithm])
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(SETTINGS.format(folder=self.folder, key=self.key, cert=self.cert))

    def make(self, algorithm):
        """A root and, below it, the authority's certificate."""
        root_key, request, extensions = (self.folder / n for n in ("root.key", "tsa.csr", "tsa.ext"))
        fresh = ["-nodes", "-newkey", *algorithm]
        openssl("req", "-x509", *fresh, "-days", DAYS, "-subj", f"{NAME}Test Time-Stamping Root", "-keyout", root_key,
                "-out", self.root, "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        openssl("req", *fresh, "-subj", f"{NAME}Test Time-Stamping Unit", "-keyout", self.key, "-out", request)
        extensions.write_text(EXTENSIONS)
        openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", root_key, "-CAcreateserial", "-days", DAYS,
                "-extfile", extensions, "-out", self.cert)

    def answer(self, request):
        """A TimeStampResp; OpenSSL reads and writes the serial number's file, so one at a time."""
        with self.turn, tempfile.TemporaryDirectory() as folder:
            query, reply = Path(folder) / "query", Path(folder) / "reply"
            query.write_bytes(request)
            settings = ["-config", self.folder / "tsa.cnf", "-section", "unit"]
            # With a rejection OpenSSL writes the answer and ends with 1.
            subprocess.run(["openssl", "ts", "-reply", *settings, "-queryfile", query, "-out", reply],
                           capture_output=True)
            if not reply.exists():
                raise RuntimeError("openssl ts made no answer: not a time-stamp request?")
            return reply.read_bytes()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        named = self.path.strip("/")
        fault = named if named in FAULTS else self.server.fault
        length = int(self.headers.get("Content-Length", 0))
        if not 0 < length <= REQUEST_BYTES_MAX:
            return self.give(413, "text/plain", b"")
        request = self.rfile.read(length)
        try:
            self.give(*self.reply(request, fault))
        except (RuntimeError, ValueError, IndexError) as error:
            self.give(400, "text/plain", str(error).encode())

    def reply(self, request, fault):
        """(status, media type, body); None closes the connection."""
        if fault == "closed":
            return None, None, None
        if fault == "error":
            return 500, "text/plain", b"out of order, as asked\n"
        if fault == "garbage":
            return 200, "application/timestamp-reply", b"not a time-stamp"
        if fault == "oversized":
            return 200, "application/timestamp-reply", bytes(OVERSIZED_BYTES)
        if fault == "delay":
            time.sleep(self.server.seconds)
        body = self.server.authority.answer(changed(request, fault) if fault in CHANGING else request)
        return 200, "application/timestamp-reply", body[:len(body) // 2] if fault == "truncated" else body

    def give(self, status, kind, body):
        self.close_connection = True
        if status is None:
            return
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def server(authority, port, fault=None, seconds=20.0):
    """An HTTP server on the loopback address; port 0 takes a free one."""
    made = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    made.daemon_threads = True
    made.authority, made.fault, made.seconds = authority, fault, seconds
    return made


# ------------------------------------------------------------------ self-check


def self_check(algorithm):
    """Every fault, seen by OpenSSL's own verification."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(folder, algorithm=algorithm)
        serving = server(authority, 0, seconds=1.0)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        data, query, reply = (Path(folder) / n for n in ("data", "query", "answer"))
        data.write_bytes(os.urandom(32))
        openssl("ts", "-query", "-data", data, "-sha256", "-cert", "-out", query)

        def outcome(path):
            request = urllib.request.Request(f"http://127.0.0.1:{serving.server_port}/{path}", query.read_bytes(),
                                             {"Content-Type": "application/timestamp-query"})
            try:
                reply.write_bytes(urllib.request.urlopen(request, timeout=10).read())
            except urllib.error.HTTPError as error:
                return f"HTTP {error.code}"
            except OSError:
                return "no answer"
            trust = ["-CAfile", authority.root, "-untrusted", authority.cert]
            done = subprocess.run(["openssl", "ts", "-verify", "-queryfile", query, "-in", reply, *trust],
                                  capture_output=True)
            return "good" if done.returncode == 0 else "refused"

        wanted = {name: "refused" for name in FAULTS} | {
            "": "good", "delay": "good", "no-certificate": "good", "error": "HTTP 500", "closed": "no answer"
        }
        said = {name: outcome(name) for name in sorted(wanted)}
        serving.shutdown()
    for name, words in said.items():
        print(f"{name or 'no fault':16}{words}" + ("" if words == wanted[name] else f", but wanted: {wanted[name]}"))
    return 0 if said == wanted else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=3180)
    parser.add_argument("--folder")
    parser.add_argument("--key")
    parser.add_argument("--cert")
    parser.add_argument("--algorithm", choices=sorted(ALGORITHMS), default="rsa")
    parser.add_argument("--fault", choices=sorted(FAULTS))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--self-check", action="store_true")
    args = parser.parse_args()
    if bool(args.key) != bool(args.cert):
        parser.error("--key and --cert go together")
    if args.self_check:
        return self_check(args.algorithm)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the temporary folder goes
    folder = Path(args.folder or tempfile.mkdtemp(prefix="tsa-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        authority = Authority(folder, args.key, args.cert, args.algorithm)
        serving = server(authority, args.port, args.fault, args.seconds)
        print(f"http://127.0.0.1:{serving.server_port}/ {authority.root}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            serving.serve_forever()
    finally:
        if not args.folder:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
