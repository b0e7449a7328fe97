"""Links inside Prefect's UI, and text that may stand in its markdown."""

from uuid import UUID


def artifact_link(text: str, artifact: UUID | str) -> str:
    """A link to an artifact by its id, or to the latest of a key."""
    from prefect.settings import PREFECT_UI_URL

    base = (PREFECT_UI_URL.value() or "").rstrip("/")
    place = f"artifact/{artifact}" if isinstance(artifact, UUID) else f"key/{artifact}"
    return f"[{text}]({base}/artifacts/{place})"


def plain(text: str) -> str:
    """A dump's own words, which may not become markup: neither HTML nor markdown."""
    text = " ".join(text.replace("`", "'").split())[:500]
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\|[]*_!#":
        text = text.replace(sign, f"\\{sign}")
    return text


def code(text: str) -> str:
    """A dump's own words as code, where markdown has no meaning."""
    return f"`{' '.join(text.replace('`', chr(39)).split())[:500].replace('|', chr(166))}`"
