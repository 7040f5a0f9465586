#!/usr/bin/env python3
"""Uploads with a tus client that nobody of this project wrote (tuspy, of the Python package index), over a line that breaks.

usage: tus.py PROGRAM FOLDER [MEBIBYTES]

Makes an archive in FOLDER, serves it, and hands over one file of some MEBIBYTES [64] in pieces of 5 MiB; half-way the service
is killed and started again, and the client goes on where the service says. Then it is examined, submitted, accepted, and
fetched again, whole and in part, by another person: to the last byte it is what was sent. With /proc, the service's peak
memory is told. Needs `pip install tuspy requests`.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import requests
from tusclient import client as tus

PASSWORD, OWN = "mưa rào cuối hạ qua sông", "thuyền về bến cũ chiều nay"
PIECE = 5 * 1024 * 1024
DESCRIBED = {"id": "1", "agency_code": "H26.10", "agency_name": "Sở Thông tin và Truyền thông", "doc_type_name": "Quyết định",
             "symbol": "15/QĐ-STTTT", "subject": "Phim tư liệu", "issued_date": "2023-05-17", "security_level": "Thường",
             "file_code": "H26.10.2023.045", "file_title": "Hồ sơ thử", "retention": "10 năm"}  # fmt: skip


class Service:
    def __init__(self, program, home):
        self.environment = {**os.environ, "CHAUBAN_ARCHIVE": str(home / "kho")}
        self.program = program

    def run(self, *arguments, line=""):
        return subprocess.run([self.program, *arguments], env=self.environment, input=line + "\n", text=True, check=True)

    def start(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                self.url = found[1]
                return

    def kill(self):
        peak = pathlib.Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+)", peak.read_text()) if peak.exists() else None
        self.process.kill()
        self.process.wait()
        return int(found[1]) // 1024 if found else 0


def sign_in(service, name, password):
    session = requests.Session()
    answer = session.post(service.url + "/api/v1/session", json={"name": name, "password": password})
    answer.raise_for_status()
    session.headers["x-form-token"] = answer.json()["form_token"]
    return session


def first_time(service, name):
    """Signs in by the password that was given, and again by one's own."""
    session = sign_in(service, name, PASSWORD)
    form = {"form": session.headers["x-form-token"], "old": PASSWORD, "new": OWN, "again": OWN}
    session.post(service.url + "/account/password", data=form).raise_for_status()
    return sign_in(service, name, OWN)


def ended(session, place):
    """What a transfer has become, once nobody works on it."""
    while (shown := session.get(place).json())["job"]:
        time.sleep(0.2)
    return shown["state"]


def headers(session):
    cookie = "; ".join(f"{one.name}={one.value}" for one in session.cookies)
    return {"cookie": cookie, "x-form-token": session.headers["x-form-token"]}


def main():
    program, home = sys.argv[1], pathlib.Path(sys.argv[2])
    size = int(sys.argv[3] if len(sys.argv) > 3 else 64) << 20
    home.mkdir(parents=True)
    service = Service(program, home)
    service.run("init", str(home / "kho"), "--origin", "test.example/kho", "--archive-code", "H26.LT", "--actor", "lan")
    about = ["--holder", "Lê C", "--reason", "test", "--actor", "lan"]
    service.run("account", "add", "admin", "--role", "administrator", *about, line=PASSWORD)
    officer = ["--role", "transferring-officer", "--agency", "H26.10"]
    service.run("account", "add", "officer", *officer, *about, line=PASSWORD)
    service.run("account", "add", "archivist", "--role", "archivist", *about, line=PASSWORD)
    for name in ("officer", "archivist"):
        service.run("account", "confirm", name, "--actor", "huong")
    content = home / "film.pdf"
    digest, block = hashlib.sha256(), os.urandom(1 << 20)
    with content.open("wb") as file:
        for number in range(size >> 20):
            piece = number.to_bytes(8, "big") + block[8:]
            digest.update(piece)
            file.write(piece)

    service.start()
    session = first_time(service, "officer")
    begun = session.post(service.url + "/api/v1/transfers", json={"agency": "H26.10", "title": "tus"})
    begun.raise_for_status()
    place = begun.headers["location"]
    client = tus.TusClient(f"{service.url}{place}/uploads", headers=headers(session))
    uploader = client.uploader(str(content), chunk_size=PIECE, metadata={"filename": "film.pdf"})
    while uploader.offset < size // 2:
        uploader.upload_chunk()
    print("before the kill the client was told", uploader.offset)
    told, upload = uploader.offset, uploader.url
    first = service.kill()

    service.start()
    session = sign_in(service, "officer", OWN)
    client = tus.TusClient(f"{service.url}{place}/uploads", headers=headers(session))
    again = service.url + "/api/" + upload.split("/api/", 1)[1]
    uploader = client.uploader(str(content), url=again, chunk_size=PIECE)
    assert uploader.offset >= told, (uploader.offset, told)
    print("after it the service says", uploader.offset)
    uploader.upload()
    files = session.get(f"{service.url}{place}/files").json()["files"]
    assert files == [{"path": "film.pdf", "size": size}], files

    described = {"sha256": digest.hexdigest(), "size": size, **DESCRIBED}
    sidecar = home / "film.json"
    sidecar.write_text(json.dumps(described, ensure_ascii=False))
    client.uploader(str(sidecar), chunk_size=PIECE, metadata={"filename": "film.json"}).upload()
    transfer = service.url + place
    session.post(transfer + "/examination").raise_for_status()
    assert ended(session, transfer) == "draft"
    found = session.get(transfer + "/examination").json()
    assert found["good"], found
    session.post(transfer + "/submission").raise_for_status()
    archivist = first_time(service, "archivist")
    archivist.post(transfer + "/acceptance").raise_for_status()
    assert ended(archivist, transfer) == "ended"
    code = archivist.get(transfer + "/accession").json()["documents"][0]["doc_code"]
    component = f"{service.url}/api/v1/records/{code}/components/1"
    fetched = hashlib.sha256()
    with archivist.get(component, stream=True) as answer:
        for piece in answer.iter_content(1 << 20):
            fetched.update(piece)
    assert fetched.digest() == digest.digest()
    part = archivist.get(component, headers={"range": f"bytes={size - 1000}-"})
    with content.open("rb") as file:
        file.seek(-1000, os.SEEK_END)
        assert (part.status_code, part.content) == (206, file.read())
    print(f"{size >> 20} MiB handed over and fetched; the service's memory at most {max(first, service.kill())} MiB")


main()
