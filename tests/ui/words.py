"""What words a page may show: those of its language, and no name of a message.

English on a Vietnamese page is found by the words of `messages/en.ftl` that `messages/vi.ftl` does not use: several in a row,
or one that is long enough not to be Vietnamese written without its marks. What people wrote, codes and commands are not ours.
"""

import pathlib
import re

MESSAGES = pathlib.Path(__file__).resolve().parents[2] / "messages"
# Written so in Vietnamese as well: names of formats, standards and things that have no other.
SAME = set("""archive checkpoint chromium chrome linux english json premis token tokens verify webhook webhooks example
    mandate session official sidecar sector officer vault ledger merkle total passed failed indeterminate""".split())
LONG = 6
# The page's own words, and where they stand; what people, programs and standards wrote is left out.
SHOWN = """
const foreign = 'code, pre, .code, .path, [lang], textarea, select, option, datalist, .formal, iframe, svg, script, style';
const ours = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
while (ours.nextNode()) {
  const { parentElement: at, data } = ours.currentNode;
  if (data.trim() && !at.closest(foreign)) found.push(data.trim());
}
for (const one of document.querySelectorAll('[aria-label], [placeholder], [title]'))
  for (const name of ['aria-label', 'placeholder', 'title'])
    if (one.getAttribute(name) && !one.closest(foreign)) found.push(one.getAttribute(name).trim());
return [document.title, ...found];
"""


def messages(language):
    """Names and texts of the messages of a language, with every variant."""
    found, name = {}, None
    for line in (MESSAGES / f"{language}.ftl").read_text().splitlines():
        if begun := re.match(r"([a-z][a-z0-9-]*) =(.*)", line):
            name = begun[1]
            found[name] = begun[2].strip()
        elif name and line.startswith(" "):
            found[name] += " " + line.strip()
    return found


def of(text):
    return {word.lower() for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"\{[^}]*\}", " ", text))}


VIETNAMESE, ENGLISH = messages("vi"), messages("en")
OURS = set().union(*map(of, ENGLISH.values())) - set().union(*map(of, VIETNAMESE.values())) - SAME
NAMES = {name for name in ENGLISH if "-" in name}
PLACEHOLDER = re.compile(r"\{\s*\$?\w*\s*\}|\{\{|\}\}|\bNone\b|\bundefined\b|\[object ")


def english(text):
    """English words of a text: two of ours in a row, or a long one."""
    tokens = re.findall(r"[^\W\d_]+", text)
    is_ours = [token.lower() in OURS and token.isascii() for token in tokens]
    pairs = [f"{one} {two}" for one, two, a, b in zip(tokens, tokens[1:], is_ours, is_ours[1:]) if a and b]
    return pairs or [token for token, ours in zip(tokens, is_ours) if ours and len(token) >= LONG]


def wrong(browser, language, written=()):
    """What is said in no word of the page's language; `written` is what people wrote."""
    told = []
    if browser.run("return document.documentElement.lang") != language:
        told.append("words: the page is in another language")
    other = ENGLISH if language == "vi" else VIETNAMESE
    own = set((VIETNAMESE if language == "vi" else ENGLISH).values())
    foreign = {text for text in other.values() if text not in own and len(text) > 3 and "{" not in text}
    for text in browser.run(SHOWN):
        if text in foreign:
            told.append(f"words: of the other language: {text}")
        elif text in NAMES or any(f" {name} " in f" {text} " for name in NAMES if name.count("-") > 1):
            told.append(f"words: the name of a message: {text}")
        elif PLACEHOLDER.search(text):
            told.append(f"words: a placeholder: {text}")
        elif language == "vi" and text not in written and (found := english(text)):
            told.append(f"words: English: {', '.join(found[:4])} in “{text[:100]}”")
    return told
