"""Every page of the program is met by a story, or is excused here: its table of routes is the program's own."""

import pathlib
import re

TABLE = pathlib.Path(__file__).resolve().parents[2] / "src/http/route.rs"
FILE = "a file: the stories fetch it, or tests/it does"
PROVIDER = "leads to a provider of identities, which tests/it/openid.rs plays"
# Route: why no story takes its picture.
EXCUSED = {
    "/healthz": "for machines",
    "/readyz": "for machines",
    "/metrics": "for machines",
    "/assets/{name}": FILE,
    "/sign-in/provider": PROVIDER,
    "/sign-in/provider/answer": PROVIDER,
    "/sign-in/provider/code": PROVIDER,
    "/sign-in-again/provider": PROVIDER,
    "/reports": "leads to the first report",
    "/records/{id}/files/{number}": FILE,
    "/records/{id}/receipt": FILE,
    "/records/{id}/bundle": FILE,
    "/records/{id}/evidence-record": FILE,
    "/records/{id}/retention/history": FILE,
    "/dossiers/{id}/retention/history": FILE,
    "/transfers/{id}/minutes": FILE,
    "/transfers/{id}/minutes/{event}": FILE,
    "/transfers/{id}/receipts": FILE,
    "/disposal/{year}/{number}/documents/{document}": FILE,
    "/reading/{number}/files/{file}": FILE,
    "/requests/{id}/copies/{number}": FILE,
    "/requests/{id}/copies/{number}/certificate": FILE,
    "/agencies/table": FILE,
}


def pages():
    """What browsers are shown, by its path with parameters in braces."""
    routes = re.findall(r'^    GET "([^"]+)" \w+;', TABLE.read_text(), re.M)
    return [path for path in routes if not path.startswith("/api/")]


def is_of(path, route):
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path) is not None


def wrong(pictured):
    """Pages that no story met, and excuses for pages that are met or are none."""
    routes = pages()
    exact = {path for path in pictured if path in routes}
    met = {route for route in routes if route in exact or any(is_of(path, route) for path in pictured - exact)}
    told = [f"routes: no story meets {route}, and nothing excuses it" for route in routes if route not in met | set(EXCUSED)]
    told += [f"routes: {route} is excused, and met" for route in EXCUSED if route in met]
    return told + [f"routes: {route} is excused, and no page" for route in EXCUSED if route not in routes]
