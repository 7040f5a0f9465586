"""The service over a copy of the demo's archive, with an account for everybody of the stories."""

import os
import pathlib
import re
import shutil
import subprocess

PASSWORD, OWN = "mưa rào cuối hạ qua sông", "thuyền về bến cũ chiều nay"
# Account: role, holder, and for whom they act where that is not the whole archive.
PEOPLE = {
    "lan": ("administrator", "Nguyễn Thị Lan"),
    "tuan": ("administrator", "Ngô Anh Tuấn"),
    "chau": ("transferring-officer", "Lê Minh Châu", "--agency", "H26.10"),
    "binh": ("archivist", "Trần Văn Bình"),
    "ngoc": ("archivist", "Đặng Bích Ngọc"),
    "phuc": ("archivist", "Bùi Quang Phúc"),
    "ha": ("inspector", "Phạm Thu Hà"),
    "dung": ("deciding-authority", "Hoàng Đức Dũng"),
    "mai": ("council-member", "Vũ Thị Mai"),
    "son": ("council-member", "Đỗ Hồng Sơn"),
}


class Service:
    """`folder` is made anew: a copy of the demo's archive, which the stories change."""

    def __init__(self, program, demo, folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for part in pathlib.Path(demo).glob("kho*"):
            subprocess.run(["cp", "-a", part, folder], check=True)
        self.program, self.archive = program, folder / "kho"
        unlimited = {f"CHAUBAN_LIMITS_{what}_PER_MINUTE": "0" for what in ("REQUESTS", "SIGN_INS")}
        self.environment = {**os.environ, **unlimited, "CHAUBAN_ARCHIVE": str(self.archive), "CHAUBAN_ACTOR": "demo"}
        for name, (role, holder, *reach) in PEOPLE.items():
            self.add(name, "--role", role, *reach, "--holder", holder)

    def run(self, *arguments, line="", expect=(0,)):
        """A command, with a line for what it asks."""
        command = [self.program, *arguments]
        done = subprocess.run(command, env=self.environment, input=line + "\n", text=True, capture_output=True)
        if done.returncode not in expect:
            raise RuntimeError(f"chauban {' '.join(arguments)}: {done.returncode}: {done.stderr}")
        return done.stdout

    def add(self, name, *about):
        why = ("--reason", "QĐ 12/QĐ-TTLT", "--actor", "phòng tổ chức")
        told = self.run("account", "add", name, *about, *why, line=PASSWORD)
        # The first account is open at once: nobody could confirm it.
        self.run("account", "confirm", name, "--actor", "phòng thanh tra", expect=(0,) if "propos" in told else (0, 3, 4))

    def start(self):
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--stamp-every", "0", "--revalidate-every", "0"]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.match(r"listening on (http://\S+)/", line):
                # Browsers bind security keys to a name.
                self.url = found[1].replace("127.0.0.1", "localhost")
                return
        raise RuntimeError("the service did not start")

    def close(self):
        self.process.terminate()
        self.process.wait()
