#!/usr/bin/env python3
"""Webhooks, received by a library that nobody of this project wrote (standardwebhooks, of the Python package index).

usage: webhook.py PROGRAM FOLDER

Makes an archive in FOLDER and a receiver with TLS on this machine, and has an officer's transfer returned, submitted again and
accepted, while the receiver refuses the first message, and the service is killed in between. Every event must come, in order,
signed, with the same webhook-id at each try; another agency's webhook must be told nothing; the secret must lie nowhere in
clear. Needs `pip install standardwebhooks` and openssl.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

from standardwebhooks import Webhook, WebhookVerificationError

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "mưa rào cuối hạ qua sông"
OFFICER, ARCHIVIST = ["read-transfers", "hand-over"], ["read-transfers", "receive-transfer"]


class Service:
    def __init__(self, program, home):
        named = {"CHAUBAN_ARCHIVE": str(home / "kho"), "CHAUBAN_LANG": "en", "SSL_CERT_FILE": str(home / "ca.pem")}
        self.environment, self.program, self.home = {**os.environ, **named}, program, home

    def run(self, *arguments, line=""):
        command = [self.program, *arguments]
        ran = subprocess.run(command, env=self.environment, input=line + "\n", text=True, stdout=subprocess.PIPE)
        return ran.returncode, ran.stdout.strip()

    def account(self, name, *more):
        about = ["--holder", "Lê C", "--reason", "test", "--actor", "lan"]
        assert self.run("account", "add", name, "--role", name, *more, *about, line=PASSWORD)[0] == 0
        self.run("account", "confirm", name, "--actor", "huong")

    def token(self, name, actions):
        words = [word for action in actions for word in ("--action", action)]
        secret = self.run("account", "token", "add", name, "--label", "webhook", *words)[1]
        return {"authorization": f"Bearer {secret}"}

    def start(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                self.url = found[1]
                break
        subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=open(self.home / "log", "a"))

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()

    def ask(self, method, path, headers, body=None, kind="application/json"):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": kind, **headers}, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.headers, answer.read()


class Receiver:
    """Takes what is signed with its secret; refuses the first few, as a system that is being repaired."""

    def __init__(self, home, refused):
        # An authority and a certificate under it: one that is both is refused by strict clients.
        new = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split()
        under = ["-CA", home / "ca.pem", "-CAkey", home / "ca.key", "-addext", "basicConstraints=critical,CA:FALSE"]
        leaf = [*under, "-addext", "subjectAltName=DNS:localhost", "-subj", "/CN=localhost"]
        for more, name in [(["-subj", "/CN=test"], "ca"), (leaf, "own")]:
            command = [*new, *more, "-keyout", home / f"{name}.key", "-out", home / f"{name}.pem"]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        self.told, self.refused, self.verifier, self.wrong = [], refused, None, []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.take(dict(self.headers), body))
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(home / "own.pem", home / "own.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        headers = {name.lower(): value for name, value in headers.items()}
        try:
            message = self.verifier.verify(body, headers)
        except WebhookVerificationError as error:
            self.wrong.append(str(error))
            return 401
        self.told.append((headers["webhook-id"], message["type"], message["data"]))
        if self.refused > 0:
            self.refused -= 1
            return 503
        return 204


def until(what, holds):
    since = time.monotonic()
    while not holds():
        assert time.monotonic() - since < 120, what
        time.sleep(0.2)


def handed_over(service, officer):
    begun = service.ask("POST", "/api/v1/transfers", officer, {"agency": "H26.10", "title": "webhook"})
    place = begun[0]["location"]
    for file in sorted((HERE / "sample/transfer/001").glob("00001000.*")):
        content, name = file.read_bytes(), base64.b64encode(f"001/{file.name}".encode()).decode()
        tus = {"tus-resumable": "1.0.0", "upload-length": str(len(content)), "upload-metadata": f"filename {name}"}
        upload = service.ask("POST", f"{place}/uploads", {**officer, **tus}, b"")[0]["location"]
        piece = {"tus-resumable": "1.0.0", "upload-offset": "0"}
        service.ask("PATCH", upload, {**officer, **piece}, content, "application/offset+octet-stream")
    return place


def submit(service, officer, place):
    service.ask("POST", f"{place}/examination", officer, b"")
    service.ask("GET", f"{place}/progress", officer)
    service.ask("POST", f"{place}/submission", officer, b"")


def main():
    program, home = sys.argv[1], pathlib.Path(sys.argv[2])
    home.mkdir(parents=True)
    receiver, service = Receiver(home, refused=1), Service(program, home)
    service.run("init", str(home / "kho"), "--origin", "test.example/kho", "--archive-code", "H26.LT", "--actor", "lan")
    service.account("administrator")
    service.account("archivist")
    service.account("transferring-officer", "--agency", "H26.10")
    officer, archivist = service.token("transferring-officer", OFFICER), service.token("archivist", ARCHIVIST)
    url = f"https://localhost:{receiver.port}/hook"
    # Without a word about the machine none of this network is told.
    refused = service.run("webhook", "add", "H26.10", f"https://127.0.0.1:{receiver.port}/", "--json")
    assert refused[0] == 2 and "public" in refused[1], refused
    assert service.run("webhook", "add", "H26.10", f"http://localhost:{receiver.port}/")[0] == 2
    status, secret = service.run("webhook", "add", "H26", url, "--via", "127.0.0.1")
    assert status == 0 and secret.startswith("whsec_"), secret
    service.run("webhook", "add", "H26.33", url, "--via", "127.0.0.1")  # another agency's: another secret, nothing to tell
    service.run("webhook", "add", "H26.10", url)  # its name leads to this machine, which nobody allowed
    receiver.verifier = Webhook(secret)

    service.start()
    try:
        told(service, receiver, officer, archivist, secret)
    finally:
        service.kill(signal.SIGTERM)


def told(service, receiver, officer, archivist, secret):
    place = handed_over(service, officer)
    submit(service, officer, place)
    service.ask("POST", f"{place}/return", archivist, {"reason": "thiếu phụ lục"})
    until("a first try, refused", lambda: len(receiver.told) == 1)
    service.kill()
    service.start()
    submit(service, officer, place)
    service.ask("POST", f"{place}/acceptance", archivist, b"")
    until("everything", lambda: len(receiver.told) >= 4)
    time.sleep(3)
    kinds = [kind for _, kind, _ in receiver.told]
    assert kinds == ["transfer.returned"] * 2 + ["transfer.accepted", "transfer.accessioned"], kinds
    assert receiver.told[0][0] == receiver.told[1][0] and len({told[0] for told in receiver.told}) == 3
    assert not receiver.wrong, receiver.wrong
    last = receiver.told[-1][2]
    described = json.loads(service.ask("GET", "/api/v1/openapi.json", officer)[1])
    assert set(described["webhooks"]) == set(kinds), described["webhooks"].keys()
    assert set(last) == set(described["components"]["schemas"]["WebhookData"]["properties"]), last
    documents = json.loads(service.ask("GET", last["receipts"], officer)[1])["documents"]
    assert [one["outcome"] for one in documents] == ["taken"], documents
    assert all("phụ lục" not in json.dumps(told, ensure_ascii=False) for told in receiver.told)
    standing = {one["agency"]: one for one in json.loads(service.run("webhook", "list", "--json")[1])["webhooks"]}
    assert standing["H26"]["standing"] == standing["H26.33"]["standing"] == "well", standing
    assert standing["H26.10"]["standing"] == "failing" and "no public address" in standing["H26.10"]["why"], standing
    kept = b"".join(file.read_bytes() for file in (service.home / "kho/state").rglob("*") if file.is_file())
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    assert raw not in kept and raw.hex().encode() not in kept and secret.encode() not in kept
    print(f"{len(receiver.told)} messages, one of them twice, each verified by standardwebhooks; 3 events in order")


main()
