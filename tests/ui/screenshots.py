#!/usr/bin/env python3
"""The pages in a real browser: one whole story per role, in both languages, with what must hold of every page they meet.

usage: screenshots.py PROGRAM DEMO PICTURES AXE [STORY[:LANGUAGE]...]

DEMO is what `make demo` left; the stories go over a copy of its archive. AXE is the file of axe-core. Of each page, light and
dark, wide and 360 px: axe-core finds nothing against WCAG 2.2 A and AA, it does not scroll sideways, its headings go down by
one, what is there to be clicked is tall enough, its place in the menu is marked, the keyboard reaches what it is there for; it
weighs at most 100 KB without the document, is shown within a second, says nothing in another language, and the console is
quiet. Every page of the program's own table of routes is met by a story or excused (`routes.py`). Then `verify.html` is
tried on receipts and files, right and wrong, from the disk and without a network. What does not hold is told with its page,
and exit status 1.
"""

import importlib
import pathlib
import sys
import time
import traceback

import routes
import verifier
from judge import Judge
from service import Service
from stories import STORIES
from story import Story


def told(name, language, service, judge, folder, pictured):
    """One story; what does not hold in it."""
    story, began = Story(name, language, service, judge, folder, pictured), time.monotonic()
    try:
        importlib.import_module(f"stories.{name}").tell(story)
    except (RuntimeError, TimeoutError) as error:
        at = traceback.extract_tb(error.__traceback__)
        line = next((f"{frame.name}:{frame.lineno}" for frame in reversed(at) if "/stories/" in frame.filename), "")
        story.wrong.append(f"{name} {language}: it breaks off at {story.path()} ({line}): {error}")
        story.browser.picture(folder / f"{name}-broken-off.{language}.png")
    finally:
        story.close()
    print(f"  {name}, {language}: {len(story.wrong)} things do not hold, {time.monotonic() - began:.0f} s", flush=True)
    for one in story.wrong:
        print("NOT SO:", one, flush=True)
    return story.wrong


def main():
    program, demo, folder, axe, *chosen = sys.argv[1:]
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    service, judge, pictured, wrong = Service(program, demo, folder / "archive"), Judge(axe), set(), []
    for name in STORIES:
        importlib.import_module(f"stories.{name}").prepare(service, folder)
    service.start()
    try:
        for name in chosen or STORIES:
            name, _, language = name.partition(":")
            for language in [language] if language else ("vi", "en"):
                wrong += told(name, language, service, judge, folder, pictured)
        if not chosen:
            rest = verifier.wrong(service, judge, folder)
            rest += routes.wrong(pictured | {"/verify.html"})
            for one in rest:
                print("NOT SO:", one)
            wrong += rest
    finally:
        service.close()
    print(f"pictures in {folder}; {len(wrong)} things do not hold")
    sys.exit(1 if wrong else 0)


main()
