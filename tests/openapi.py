#!/usr/bin/env python3
"""The served description of the API, tried by schemathesis (of the Python package index), as each of those who use it.

usage: openapi.py PROGRAM FOLDER [EXAMPLES]

Makes an archive in FOLDER out of the sample transfer, serves it, and has every operation asked with EXAMPLES [40] invented
requests beside those at the limits of each field: by an archivist's, an officer's and an inspector's token, and by an
administrator who signed in. No answer may be a 5xx, have a status, media type, header or body that is not described, or
allow a method that is not there. Fails with what schemathesis says.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD, OWN = "mưa rào cuối hạ qua sông", "thuyền về bến cũ chiều nay"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance"
)
READS = ["search", "read-description", "read-history", "read-content", "read-holdings", "fetch-receipt", "read-transfers"]
DISPOSAL = ["read-disposal", "act-in-disposal", "handle-disposal", "keep-holds"]
REQUESTS = ["read-requests", "handle-requests", "approve-requests"]
TOKENS = {
    "archivist": READS + DISPOSAL + REQUESTS + ["inspect", "receive-transfer", "keep-periods", "read-rules"],
    "transferring-officer": READS + ["hand-over"],
    "inspector": READS + ["inspect", "read-requests", "read-accounts", "read-audit-trail", "read-disposal"],
}
# What ends the session that asks, or locks its account with wrong passwords.
LEFT_OUT = ["/session", "/session/proof"]


class Service:
    def __init__(self, program, home):
        limits = {"CHAUBAN_LIMITS_REQUESTS_PER_MINUTE": "0", "CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE": "0"}
        self.environment = {**os.environ, "CHAUBAN_ARCHIVE": str(home / "kho"), "CHAUBAN_LANG": "en", **limits}
        self.program = program

    def run(self, *arguments, line=""):
        command = [self.program, *arguments]
        return subprocess.run(command, env=self.environment, input=line + "\n", text=True, stdout=subprocess.PIPE)

    def account(self, name, *more):
        about = ["--holder", "Lê C", "--reason", "test", "--actor", "lan"]
        assert self.run("account", "add", name, "--role", name, *more, *about, line=PASSWORD).returncode == 0
        self.run("account", "confirm", name, "--actor", "huong")

    def token(self, name):
        actions = [word for action in TOKENS[name] for word in ("--action", action)]
        return self.run("account", "token", "add", name, "--label", "openapi", *actions).stdout.strip()

    def start(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.log = open(pathlib.Path(self.environment["CHAUBAN_ARCHIVE"]).parent / "log", "w+")
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                self.url = found[1]
                break
        # The log must be read on, or the service waits for who reads it.
        subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=self.log)

    def ask(self, method, path, headers, body=None, kind="application/json"):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": kind, **headers}, method=method)
        with urllib.request.build_opener(Stay).open(request) as answer:
            return answer.headers, answer.read()


class Stay(urllib.request.HTTPErrorProcessor):
    """Answers as they come: nothing is followed."""

    def http_response(self, request, response):
        assert response.status < 400, (request.full_url, response.status, response.read())
        return response

    https_response = http_response


def administrator(service):
    """Headers of an administrator who signed in."""

    def sign_in(password):
        head, body = service.ask("POST", "/api/v1/session", {}, {"name": "administrator", "password": password})
        return {"cookie": head["set-cookie"].split(";")[0], "x-form-token": json.loads(body)["form_token"]}

    first = sign_in(PASSWORD)
    form = urllib.parse.urlencode({"form": first["x-form-token"], "old": PASSWORD, "new": OWN, "again": OWN}).encode()
    service.ask("POST", "/account/password", {"cookie": first["cookie"]}, form, "application/x-www-form-urlencoded")
    return sign_in(OWN)


def known(service, headers):
    """What paths are about that exists: parameters for schemathesis, by the beginning of a path."""
    archivist, officer = headers["archivist"], headers["transferring-officer"]
    first = json.loads(service.ask("GET", "/api/v1/records?limit=1", archivist)[1])["records"][0]
    record = json.loads(service.ask("GET", f"/api/v1/records/{first['record']}", archivist)[1])
    begun = service.ask("POST", "/api/v1/transfers", officer, {"agency": "H26.10", "title": "openapi"})
    transfer = begun[0]["location"].rsplit("/", 1)[1]
    return {
        "/records/{id}": {"id": first["record"], "number": 1},
        "/dossiers/{id}": {"id": record["dossier"]["file_code"]},
        "/transfers/{id}": {"id": transfer},
    }


def configuration(folder, parameters):
    # Pieces of an upload are bytes like any others.
    hooks = 'import schemathesis\n\nschemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")\n'
    (folder / "hooks.py").write_text(hooks)
    text = 'hooks = "hooks"\n\n'
    for path, values in parameters.items():
        pairs = ", ".join(f'"path.{name}" = {json.dumps(value)}' for name, value in values.items())
        text += f'[[operations]]\ninclude-path-regex = "^{re.escape(path)}"\nparameters = {{ {pairs} }}\n\n'.replace("\\", "\\\\")
    file = folder / "schemathesis.toml"
    file.write_text(text)
    return file


def tried(service, folder, who, headers, parameters, examples):
    st = pathlib.Path(sys.executable).with_name("st")
    asked = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    left = [word for path in LEFT_OUT for word in ("--exclude-path", path)]
    command = [st, "--config-file", configuration(folder, parameters), "run", service.url + "/api/v1/openapi.json"]
    command += ["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "-n", str(examples), "--continue-on-failure"]
    command += ["--generation-deterministic", "--suppress-health-check", "all", "--warnings", "off", *asked, *left]
    print(f"== {who}", flush=True)
    return subprocess.run(command, cwd=folder).returncode


def main():
    program, home = sys.argv[1], pathlib.Path(sys.argv[2])
    examples = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    home.mkdir(parents=True)
    service = Service(program, home)
    service.run("init", str(home / "kho"), "--origin", "test.example/kho", "--archive-code", "H26.LT", "--actor", "lan")
    service.run("ingest", str(HERE / "sample/transfer"), "--actor", "lan")
    for name in ["administrator", "archivist", "inspector"]:
        service.account(name)
    service.account("transferring-officer", "--agency", "H26.10")
    headers = {name: {"authorization": f"Bearer {service.token(name)}"} for name in TOKENS}
    service.start()
    try:
        parameters = known(service, headers)
        headers["administrator"] = administrator(service)
        failed = [who for who, asked in headers.items() if tried(service, home, who, asked, parameters, examples)]
    finally:
        service.process.terminate()
    assert service.process.wait() == 0, "the service did not end cleanly"
    sys.exit(f"the API and its description differ for {', '.join(failed)}" if failed else 0)


main()
