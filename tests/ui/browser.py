"""A browser for tests: Debian's chromium over chromedriver (W3C WebDriver), with the standard library alone."""

import base64
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Browser:
    """One window; `dark` and `width` are those of its user."""

    def __init__(self, width=1280, height=900, dark=False):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=vi"]
        options = {"args": arguments, "prefs": {"plugins.always_open_pdf_externally": False}}
        told = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        wanted = {"capabilities": {"alwaysMatch": told}}
        for _ in range(100):
            try:
                self.session = self.ask("POST", "/session", wanted)["sessionId"]
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        self.base += f"/session/{self.session}"
        self.resize(width, height)
        self.prefers(dark)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"content-type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].split("\n")[0]) from None

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.devtools("Emulation.setDeviceMetricsOverride", **metrics)

    def prefers(self, dark):
        """Dark or light; always without movement, which a picture would catch half-way."""
        wished = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wished.items()]
        self.devtools("Emulation.setEmulatedMedia", features=features)

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def find(self, css):
        return self.ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def type(self, css, text):
        self.ask("POST", f"/element/{self.find(css)}/value", {"text": text})

    def click(self, css):
        self.ask("POST", f"/element/{self.find(css)}/click", {})

    def follow(self, css, until="true"):
        """Clicks as a person does, and waits for the page that it leads to."""
        self.run("window.before = true")
        self.click(css)
        self.arrive(until)

    def arrive(self, until="true", seconds=60):
        self.wait(f"!window.before && document.readyState === 'complete' && {until}", seconds)

    def enter(self, css, text):
        """Types in place of what stands in a field."""
        self.run("document.querySelector(arguments[0]).value = ''", css)
        self.type(css, text)

    def pick(self, css, value):
        """Chooses what a script can set alone: an option, a day."""
        change = """
            const one = document.querySelector(arguments[0]);
            one.value = arguments[1];
            one.dispatchEvent(new Event('change', {bubbles: true}));"""
        self.run(change, css, value)

    def unfold(self, css):
        """Opens what is folded around something, by what it is opened with."""
        closed = """
            const folds = [];
            for (let one = document.querySelector(arguments[0]).parentElement; one; one = one.parentElement)
              if (one.tagName === 'DETAILS' && !one.open) folds.unshift(one);
            return folds.map((one) => one.querySelector('summary'));"""
        for summary in self.run(closed, css):
            self.ask("POST", f"/element/{summary[ELEMENT]}/click", {})

    def tab(self, times):
        """Presses the tabulator key, from the top of the page on."""
        self.run("const top = document.body; top.tabIndex = -1; top.focus(); top.removeAttribute('tabindex')")
        stroke = [{"type": "keyDown", "value": "\ue004"}, {"type": "keyUp", "value": "\ue004"}]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": stroke * times}]})

    def drop(self, css, *paths):
        """Drags files or folders of this machine onto something."""
        script = """
            const one = document.querySelector(arguments[0]);
            one.scrollIntoView({block: 'center'});
            const {x, y, width, height} = one.getBoundingClientRect();
            return [x + width / 2, y + height / 2];"""
        x, y = self.run(script, css)
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.devtools("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def console(self):
        """What the console was told since it was asked last."""
        return self.ask("POST", "/se/log", {"type": "browser"})

    def has(self, css):
        return self.run("return !!document.querySelector(arguments[0])", css)

    def path(self):
        return self.run("return location.pathname")

    def authenticator(self, **more):
        """Plugs a security key in, which somebody touches whenever it is asked (Web Authentication Level 2, §11)."""
        kind = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
        return self.ask("POST", "/webauthn/authenticator", kind | more)

    def unplug(self, authenticator):
        """Takes it out; the keys that it held, as a copy has them."""
        held = self.ask("GET", f"/webauthn/authenticator/{authenticator}/credentials")
        self.ask("DELETE", f"/webauthn/authenticator/{authenticator}")
        return held

    def put(self, authenticator, key):
        self.ask("POST", f"/webauthn/authenticator/{authenticator}/credential", key)

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The last argument of the script is what it hands its answer to."""
        return self.ask("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def wait(self, script, seconds=20):
        until = time.monotonic() + seconds
        while not (value := self.told(script)):
            if time.monotonic() > until:
                raise TimeoutError(script)
            time.sleep(0.05)
        return value

    def told(self, script):
        """What a script says; nothing, where one page goes and the next is not there yet."""
        try:
            return self.run(f"return {script}")
        except RuntimeError:
            return None

    def text(self, css):
        return self.run("return document.querySelector(arguments[0]).innerText", css)

    def picture(self, path, whole=True):
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=whole, format="png", **self.clip(whole))
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def clip(self, whole):
        if not whole:
            return {}
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1}}

    def close(self):
        try:
            self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
