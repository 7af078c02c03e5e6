"""What the HTML pages share: no network, no scripts, and nothing in them but their own style sheet."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def head(title: str, style: str) -> str:
    """Return the head of a page: encoding, a content security policy that allows only its style, title and style."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<meta charset=utf-8>\n<meta name=viewport content="width=device-width">\n'
        f'<meta http-equiv=Content-Security-Policy content="{policy}">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n"
    )
