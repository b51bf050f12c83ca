"""What the provider of the institution says of itself."""

from collections.abc import Iterator

from delphi.config import Settings
from delphi.deployment.findings import Finding, advice, ok, wrong
from delphi.web.institution import SECONDS, metadata_address


def provider(settings: Settings) -> Iterator[Finding]:
    """Ask the provider what it is, and look at what a sign-in needs; nothing where there is none."""
    if settings.oidc_issuer is None:
        return
    import requests

    try:
        said = requests.get(metadata_address(settings.oidc_issuer), timeout=SECONDS).json()
        issuer, methods = said["issuer"], said.get("code_challenge_methods_supported")
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        yield wrong(f"The provider of the institution does not answer ({type(error).__name__}): look at OIDC_ISSUER.")
        return
    if issuer != settings.oidc_issuer:
        yield wrong(f"The provider calls itself {issuer}: write this as OIDC_ISSUER, to the last slash.")
    else:
        yield ok(f"The provider {issuer} answers.")
    if methods is not None and "S256" not in methods:
        yield wrong("The provider does not take PKCE with S256, which every sign-in here sends.")
    if "email" not in said.get("scopes_supported", ["email"]):
        yield advice("The provider tells no mail address: accounts have to be connected from the page of studies.")
    yield advice(f"The provider has to know this address: {settings.public_url}/account/institution/back")
