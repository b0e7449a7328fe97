"""A bar chart as SVG, drawn by hand: groups of bars, each group with its own scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 860
_LABEL = 250
_BAR = 20
_STEP = 28
_HEAD = 46
_SPACE = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length in the group's unit, and what stands at its end."""

    label: str
    value: float
    note: str
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that share a scale."""

    title: str
    bars: Sequence[Bar]


def bar_chart(title: str, groups: Sequence[Group]) -> str:
    """The chart as an SVG document that is readable on light and dark pages."""
    parts: list[str] = []
    y = _HEAD
    for group in groups:
        parts.append(f'<text x="16" y="{y + 14}" class="group">{escape(group.title)}</text>')
        y += _STEP
        longest = max(bar.value for bar in group.bars)
        for bar in group.bars:
            length = max(1.0, (_WIDTH - _LABEL - 170) * bar.value / longest)
            kind = "ours" if bar.ours else "other"
            parts.append(
                f'<text x="{_LABEL - 10}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>'
                f'<rect x="{_LABEL}" y="{y}" width="{length:.1f}" height="{_BAR}" rx="3" class="{kind}"/>'
                f'<text x="{_LABEL + length + 8:.1f}" y="{y + 15}">{escape(bar.note)}</text>'
            )
            y += _STEP
        y += _SPACE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" height="{y}" '
        f'role="img" aria-label="{escape(title)}">\n<style>\n'
        "text { font: 13px system-ui, sans-serif; fill: #1f2430 }\n"
        ".title { font-size: 17px; font-weight: 600 } .group { font-weight: 600 }\n"
        ".ours { fill: #2f7d5b } .other { fill: #9aa3b2 }\n</style>\n"
        f'<rect width="{_WIDTH}" height="{y}" fill="#ffffff"/>\n'
        f'<text x="16" y="28" class="title">{escape(title)}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )
