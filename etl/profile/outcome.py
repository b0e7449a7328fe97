"""What the sample becomes: repeated lines, articles and rejections, and what a normal load looks like."""

from collections import Counter
from collections.abc import Mapping

from etl.profile.page import Page, share, shown, toml
from etl.profile.repeats import repeated_affixes, repeated_lines, repeated_titles
from etl.profile.roles import Choice
from etl.profile.sample import Sample
from etl.profile.trial import Trial, doubles, languages_of
from etl.sources import Role


def say_content(page: Page, trial: Trial) -> None:
    """What is perhaps no content, onto the page."""
    page.heading("What is not content")
    articles = [article for _, article in trial.articles]
    lines = repeated_lines((article.title_hash, article.body) for article in articles)
    if lines:
        page.say(
            "Lines that many articles share. Uncomment those that are no content; none is dropped unasked:"
        )
        for line, n in lines:
            page.say(f"  {n:,} × {shown(line, 90)}")
        page.propose("boilerplate", [line for line, _ in lines])
    else:
        page.say("No line is repeated across many articles.")
    brands, labels = repeated_affixes(article.title for article in articles)
    for key, found, what in (("brands", brands, "end"), ("labels", labels, "begin")):
        if found:
            counted = ", ".join(f"{n:,} × {shown(text, 50)}" for text, n in found)
            page.say(f"Titles that {what} alike: {counted}. Perhaps no part of them:")
            page.propose(key, [text for text, _ in found])
    titles = repeated_titles((a.title, a.key, a.url) for a in articles)
    if titles:
        counted = ", ".join(f"{n:,} × {shown(title, 50)}" for title, n in titles)
        page.say(f"Titles of several articles each: {counted}. If they are placeholders:")
        page.propose("not_articles", [title for title, _ in titles])


def say_outcome(page: Page, read: Sample, trial: Trial) -> None:
    """What a load of the sample gives, onto the page."""
    rejections = read.rejections
    total = len(trial.articles) + len(trial.rejections) + len(rejections)
    page.heading("What a load of the sample gives")
    page.say(f"{share(len(trial.articles), total)} records become articles.")
    languages = languages_of(trial, {})
    if languages:
        listed = ", ".join(f"{code} {n:,}" for code, n in languages.most_common(8))
        page.say(f"Languages: {listed}.")
    found = doubles(trial.articles)
    if found.same or found.versions:
        page.say(
            f"Duplicates by key (instant and title): {found.same:,} repeat an article as it is, "
            f"{found.versions:,} "
            f"give another version of one, such as {shown(found.example)}."
        )
    elif trial.articles:
        page.say("No key (instant and title) comes up twice.")
    for reason, n in (trial.reasons + Counter(r.reason for r in rejections)).most_common():
        own = [r for _, r in trial.rejections if r.reason == reason] + [
            r for r in rejections if r.reason == reason
        ]
        first = own[0]
        place = f"{first.member}, record {first.record}" if first.member else f"record {first.record}"
        page.say(f"Rejected, {reason.value}: {n:,}, such as {place}: {first.detail[:240]}")
    if read.failed:
        page.say(f"{share(read.failed, read.opened)} dumps cannot be read, or not whole:")
        for error in read.failures[:5]:
            page.say(f"  {error}")


def say_expectations(page: Page, read: Sample, trial: Trial, chosen: Mapping[Role, list[Choice]]) -> None:
    """What a normal load looks like, onto the page."""
    total = len(trial.articles) + len(trial.rejections) + len(read.rejections)
    rejected = 1 - len(trial.articles) / total if total else 0.0
    page.heading("What a normal load looks like: state it, and a load outside of it warns or fails")
    always = [
        choice.column.name
        for choices in chosen.values()
        for choice in choices[:1]
        if choice.column.filled >= 0.99 * len(read.records) > 0
    ]
    page.propose_lines(
        [
            "[expect]",
            "min_records = 1",
            f"required = {toml(always)}",
            f"max_rejected = {min(1.0, round(rejected * 2 + 0.02, 2))}",
        ]
    )
