"""Every rule of the URL map as a request."""

from uuid import UUID

EXAMPLES = {
    "slug": "care",
    "code": "0000000000",
    "language": "nl",
    "ending": "csv",
    "number": 1,
    "statement": 1,
    "format": "csv",
    "suffix": "csv",
    "paper": "html",
    "way": "up",
    "act": "restore",
    "visitor": "A",
    "member": 1,
    "kind": "invitation",
    "ticket": UUID(int=0),
    "suggestion": UUID(int=0),
    "token": "no-such-token",
    "proposal": UUID(int=7),
    "job": UUID(int=8),
    "filename": "components.css",
    "name": "index.html",
}


LAST = ("arrival.leave", "security.logout")  # they end what the other requests need


def requests(app, **examples) -> list[tuple[str, str, str]]:
    """Give (endpoint, method, path) of every rule; a rule without an example of its parameters fails here."""
    values = EXAMPLES | examples
    adapter = app.url_map.bind("delphi.example.org")
    found = [
        (rule.endpoint, method, adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}))
        for rule in app.url_map.iter_rules()
        if not (rule.endpoint.startswith("security.") and rule.arguments)
        for method in sorted(rule.methods)
    ]
    return sorted(found, key=lambda request: request[0] in LAST)
