"""Pages for the tests of the HTML reader."""

import json

JSON_LD = '<script type="application/ld+json">'
CANONICAL = "<link rel=canonical href='https://www.harbour.example/1'>"
LONG = "Ferry and tram share one ticket"
TEXT = (
    "<p>From Monday on, one ticket is enough for the ferry and for the tram, the office said on Friday.</p>"
    "<p>The ticket costs two crowns and is sold at every pier. Until now, passengers needed two.</p>"
)


def page(head="", body="", h1=LONG):
    """A page with an article of two paragraphs, after `body`."""
    heading = f"<h1>{h1}</h1>" if h1 else ""
    body = f"<article>{heading}{body}{TEXT}</article>"
    return f"<html lang='en'><head>{head}</head><body>{body}</body></html>".encode()


def linked(**values):
    """JSON-LD of a news article."""
    return f"{JSON_LD}{json.dumps({'@type': 'NewsArticle', **values})}</script>"


def meta(name, content):
    """A `meta` tag."""
    return f'<meta property="{name}" content="{content}">'
