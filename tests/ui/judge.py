"""What must hold of every page in every look: what axe-core finds, room, reach, weight, time, words, a quiet console."""

import pathlib

import words

# Width, height, dark.
LOOKS = {
    "wide": (1280, 900, False),
    "wide-dark": (1280, 900, True),
    "phone": (360, 740, False),
    "phone-dark": (360, 740, True),
}
WEIGHT_BYTES_MAX = 100 * 1024
SHOWN_MS_MAX = 1000
# Presses of the tabulator key that must lead to what a page is for: its menu, its filters and some forms come before.
TABS_MAX = 90

HOLDS = """
const wrong = [], seen = (one) => one.offsetParent !== null && !one.closest('.unseen');
const wide = document.documentElement.scrollWidth;
if (wide > innerWidth) {
  const over = [...document.querySelectorAll('main *')].find((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll'));
  wrong.push(`scrolls sideways: ${wide}, at ${over?.outerHTML.slice(0, 100)}`);
}
let level = 0;
for (const one of document.querySelectorAll('h1,h2,h3')) {
  const own = Number(one.tagName[1]);
  if (own > level + 1) wrong.push(`heading ${one.innerText}: h${own} after h${level}`);
  level = own;
}
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
for (const one of document.querySelectorAll('button, .button, nav a, input:not([type=hidden])')) {
  const box = one.getBoundingClientRect();
  if (seen(one) && box.height < 24) wrong.push(`too low for a finger: ${one.innerText || one.name} ${box.height}`);
}
const header = document.querySelector('header.bar');
if (innerWidth < 500 && header && header.offsetHeight > 120) wrong.push(`the header takes ${header.offsetHeight} px`);
const menus = document.querySelectorAll('header nav [aria-current]').length;
const isNowhere = /^\\/(account$|account\\/|sign-in-again)/.test(location.pathname) || document.querySelector('main > .empty');
if (document.querySelector('header nav a') && menus !== 1 && !isNowhere)
  wrong.push(`${menus} places of the menu are marked`);
return wrong;
"""
AXE = """
const told = arguments[arguments.length - 1], levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
axe.run(document, {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations'], iframes: false}).then(
  (found) => told(found.violations.flatMap((rule) => rule.nodes.map((node) => `axe ${rule.id}: ${node.target} ${node.html.slice(0, 120)}`))),
  (error) => told([`axe: ${error}`]),
);
"""
# Bytes of the page and of what it is made of, and when it was there; the document that it shows is not counted.
COST = """
const [page] = performance.getEntriesByType('navigation'), [paint] = performance.getEntriesByName('first-contentful-paint');
const parts = performance.getEntriesByType('resource').filter((one) => one.initiatorType !== 'iframe' && !/\\/api\\//.test(one.name));
return [[page, ...parts].reduce((sum, one) => sum + one.decodedBodySize, 0), Math.round(paint ? paint.startTime : page.domContentLoadedEventEnd)];
"""
REACHED = "window.reached = []; document.addEventListener('focusin', ({ target }) => window.reached.push(target))"
IS_REACHED = """
const wanted = [...document.querySelectorAll(arguments[0])];
return window.reached.some((one) => wanted.includes(one));
"""


class Judge:
    """`axe` is the file of axe-core."""

    def __init__(self, axe):
        self.axe = pathlib.Path(axe).read_text()

    def of_look(self, browser):
        """What does not hold of the page as it is looked at now."""
        if not browser.run("return !!window.axe"):
            browser.run(self.axe)
        return browser.run(HOLDS) + browser.run_async(AXE)

    def of_page(self, browser, language, act, written, posted):
        """What does not hold of the page however it is looked at; `act` is what it is there for."""
        return self.cost(browser, posted) + self.reach(browser, act) + words.wrong(browser, language, written) + console(browser)

    def cost(self, browser, posted):
        weight, shown = browser.run(COST)
        told = [f"weighs {weight} bytes, over {WEIGHT_BYTES_MAX}"] if weight > WEIGHT_BYTES_MAX else []
        if posted:
            # What was asked for may take its time: a password is hashed, a file is judged.
            return told
        for _ in range(2):
            if shown <= SHOWN_MS_MAX:
                break
            # The machine may have been at something else: the page is asked for again.
            browser.run("window.before = true; location.reload()")
            browser.arrive()
            shown = browser.run(COST)[1]
        return told + ([f"shown after {shown} ms, over {SHOWN_MS_MAX}"] if shown > SHOWN_MS_MAX else [])

    def reach(self, browser, act):
        if not act:
            return []
        if not browser.has(act):
            return [f"what it is there for is not on it: {act}"]
        browser.run(REACHED)
        browser.tab(TABS_MAX)
        is_reached = browser.run(IS_REACHED, act)
        browser.run("document.activeElement?.blur(); scrollTo(0, 0)")
        return [] if is_reached else [f"the keyboard does not reach {act}"]


def console(browser):
    """Errors that the browser told, violations of the policy among them; that a form was refused is none."""
    told = (one for one in browser.console() if one["level"] == "SEVERE")
    refused = ("the server responded with a status of 4",)
    return [f"console: {one['message'][:200]}" for one in told if not any(words in one["message"] for words in refused)]
