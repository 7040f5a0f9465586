"""A story: people one after another at one browser, in one language; each page that they meet is judged and pictured."""

import base64
import re
import time

from browser import ELEMENT, Browser
from judge import LOOKS
from service import OWN, PASSWORD


class Story:
    """`pictured` gathers the paths of all pages that were looked at, of all stories."""

    password = OWN

    def __init__(self, name, language, service, judge, folder, pictured):
        self.name, self.language, self.service, self.judge = name, language, service, judge
        self.folder, self.pictured = folder, pictured
        self.browser, self.wrong, self.has_spoken = Browser(), [], False
        self.work = folder / "story" / f"{name}-{language}"
        self.work.mkdir(parents=True, exist_ok=True)

    # --- what people do

    def open(self, path):
        self.browser.open(self.service.url + path)

    def becomes(self, person):
        """Somebody signs in, in their language; whoever sat there before leaves."""
        self.leaves()
        self.open("/sign-in")
        self.speaks()
        self.signs_in(person, OWN)
        if self.browser.path() == "/sign-in":
            self.signs_in(person, PASSWORD)
        if self.browser.path() == "/account":
            self.look("password-to-change", "#new")
            for field, password in (("old", PASSWORD), ("new", OWN), ("again", OWN)):
                self.browser.type(f"#{field}", password)
            self.press("form[action='/account/password'] button")
            self.open("/")

    def signs_in(self, person, password):
        self.browser.enter("#name", person)
        self.browser.type("#password", password)
        self.press("main form button:not([type=button])")

    def proves(self):
        """Gives the password again."""
        self.browser.type("#password", OWN)
        self.press("form[action='/sign-in-again'] button:not([type=button])")

    def speaks(self):
        """Chooses the language by the switch that every page has; the browser keeps it."""
        if self.has_spoken:
            return
        self.has_spoken = True
        other = "en" if self.language == "vi" else "vi"
        for language in (other, self.language):
            if self.browser.has(f"header a[hreflang={language}]"):
                self.press(f"header a[hreflang={language}]")

    def leaves(self):
        self.open("/")
        if self.browser.has("form[action='/sign-out']"):
            self.press("form[action='/sign-out'] button")

    def press(self, css, until="true"):
        """Presses what may be folded away, and waits for the page that comes."""
        self.browser.unfold(css)
        self.browser.follow(css, until)

    def sends(self, action, **fields):
        """Fills a form that is sent to a place, and sends it."""
        self.fills(action, **fields)
        self.press(f"{form(action)} button:not([type=button])")
        self.waits()

    def fills(self, action, **fields):
        for name, value in fields.items():
            css = f"{form(action)} [name='{name.replace('_', '-')}']"
            if not self.browser.has(css):
                css = f"{form(action)} [name='{name}']"
            self.browser.unfold(css)
            kind = self.browser.run("const one = document.querySelector(arguments[0]); return one.type", css)
            if kind in ("date", "datetime-local", "select-one"):
                self.browser.pick(css, value)
            elif kind == "checkbox":
                self.browser.click(css)
            elif kind == "file":
                self.browser.type(css, str(value))
            else:
                self.browser.enter(css, value)

    def waits(self, seconds=60):
        """Until what takes its time is over."""
        self.browser.wait("document.readyState === 'complete' && !document.querySelector('[data-follow]')", seconds)

    def until(self, css, seconds=20):
        """Opens the page again until something is on it: the service shows what another process wrote a moment later."""
        end = time.monotonic() + seconds
        while not self.browser.has(css):
            if time.monotonic() > end:
                return self.expect(css, "never came")
            self.browser.open(self.browser.run("return location.href"))

    def file(self, css):
        """The bytes of the file behind a link."""
        script = """
            const told = arguments[arguments.length - 1], reader = new FileReader();
            reader.onload = () => told(reader.result.split(',')[1]);
            fetch(arguments[0].href).then(async (answer) => (answer.ok ? reader.readAsDataURL(await answer.blob()) : told('')));"""
        if not self.browser.has(css):
            return self.expect(css, "a file is to be had") or b""
        return base64.b64decode(self.browser.run_async(script, {ELEMENT: self.browser.find(css)}))

    def has_file(self, css, kind, what):
        """Whether the file behind a link begins as its kind does."""
        self.must(self.file(css).startswith({"PDF": b"%PDF-", "ZIP": b"PK", "receipt": b"c2sp.org/tlog-proof"}[kind]), what)

    # --- what is looked at

    def expect(self, css, what):
        if not self.browser.has(css):
            self.wrong.append(f"{self.name} {self.language}: {what}: no {css} at {self.browser.path()}")

    def must(self, holds, what):
        if not holds:
            self.wrong.append(f"{self.name} {self.language}: {what}")

    def look(self, name, act=None, posted=False, written=()):
        """Judges the page in every look, and takes its picture; `act` is what it is there for, `posted` that a form's answer
        is shown, `written` what people wrote on it. The page may be asked for again: what was filled in is gone then."""
        if not posted:
            self.pictured.add(self.browser.path())
        page = f"{self.name} {self.language} {name} ({self.browser.path()})"
        found = self.judge.of_page(self.browser, self.language, act, written, posted)
        self.wrong += [f"{page}: {one}" for one in dict.fromkeys(found)]
        for look, (width, height, dark) in LOOKS.items():
            self.browser.resize(width, height)
            self.browser.prefers(dark)
            self.wrong += [f"{page} {look}: {one}" for one in self.judge.of_look(self.browser)]
            self.browser.picture(self.folder / f"{self.name}-{name}.{self.language}.{look}.png")
        self.browser.resize(*LOOKS["wide"][:2])
        self.browser.prefers(False)

    def path(self):
        return self.browser.path()

    def number(self):
        """A number that this story's language alone uses."""
        return 1 if self.language == "vi" else 2

    def close(self):
        self.browser.close()


def form(action):
    """A form by the end of the place that it is sent to; `#id` by what it is called."""
    return action if re.match(r"[#.]", action) else f"form[action$='{action}']"
