"""The Prefect UI as an operator meets it: pages, forms and artifacts, in Debian's chromium."""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, TimeoutError, expect, sync_playwright

from tests.waiting import until

CHROMIUM = Path("/usr/bin/chromium")

_ARGUMENTS = [
    "--no-sandbox",  # chromium's own needs more rights than root has in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_PATIENCE_MS = 180_000
"""How long a page may take to show what is awaited. It takes seconds; a busy machine takes longer."""

_STALE_MS = 30_000
"""After how long an operator reloads a page: one that met a locked database stays as it is."""

_SETTLED_MS = 1500
"""What the drawn timeline of a run takes to appear. Only pictures wait for it; nothing is asserted of it."""


class PrefectUI:
    """One browser tab. `screenshots` is the folder that `picture` writes to."""

    def __init__(self, page: Page, address: str, screenshots: Path) -> None:
        self.page = page
        self._address = address
        self._screenshots = screenshots

    def open(self, path: str, *texts: str) -> None:
        """Go to a page by its path, such as `/deployments`, and wait until it shows these texts."""
        deadline = time.monotonic() + _PATIENCE_MS / 1000
        while True:
            self.page.goto(f"{self._address}/v2{path}", wait_until="domcontentloaded")
            try:
                for text in texts:
                    self._seen(text).wait_for(timeout=_STALE_MS)
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def shows(self, text: str) -> None:
        """Wait until the page shows this text."""
        expect(self._seen(text)).to_be_visible()

    def _seen(self, text: str) -> Locator:
        return self.page.get_by_text(text).filter(visible=True).first

    def open_form(self, deployment: str) -> None:
        """From the list of deployments to the form of one of them."""
        # A fresh page: a used one keeps notices and fields of the form before.
        self.open("/deployments", deployment)
        self.page.get_by_role("link", name=deployment, exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Custom run").click()
        self.shows("Run Name")

    def pick(self, field: str, day: dt.date) -> None:
        """Choose a day in the calendar of a date field."""
        self.page.get_by_label(field, exact=True).click()
        self.page.get_by_label("Choose the Year").select_option(str(day.year))
        self.page.get_by_label("Choose the Month").select_option(str(day.month - 1))
        self.page.locator(f'[role=gridcell][data-day="{day}"] button').click()
        self.page.keyboard.press("Escape")

    def type_date(self, field: str, text: str) -> None:
        """Type a day into a date field."""
        self.page.get_by_label(field, exact=True).click()
        self.page.get_by_placeholder("yyyy-MM-dd").fill(text)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Escape")

    def choose(self, field: str, value: str) -> None:
        """Choose from a select."""
        self.page.get_by_role("button", name=f"Select {field}").click()
        self.page.get_by_role("option", name=value, exact=True).click()

    def add_source(self, name: str) -> None:
        """Make the field `sources` a list, of this source."""
        self.page.get_by_role("tab", name="list").click()
        self.page.get_by_role("button", name="Add item").click()
        field = self.page.locator("form textarea").first
        field.fill(name)
        expect(field).to_have_value(name)

    def submit(self) -> str:
        """Submit the form; the new flow run's id."""
        for _ in range(20):  # 503: the server's SQLite was locked, and the form stays for another try
            with self.page.expect_response("**/create_flow_run") as answer:
                self.page.get_by_role("button", name="Submit").click()
            if answer.value.status != 503:
                break
        assert answer.value.ok, (answer.value.request.post_data, answer.value.text())
        run = answer.value.json()
        self.page.wait_for_url("**/deployments/deployment/*?tab=Runs")
        return str(run["id"])

    def open_run(self, run: str, tab: str, *texts: str) -> None:
        """The page of a flow run, with one of its tabs open, when it shows these texts.

        What the tab is to show is on the server before: the page of a run that is over asks once.
        """
        self.open(f"/runs/flow-run/{run}?tab={tab}", *texts)

    def open_artifact(self, run: str, key: str) -> None:
        """From the page of a flow run to one of its artifacts."""
        self.open_run(run, "Artifacts", key)
        self.page.get_by_text(key, exact=True).click()  # all of that name, of every run
        self.page.locator(f'a[href$="/artifact/{self._artifact(run, key)}"]').click()
        self.page.wait_for_url("**/artifacts/artifact/**")

    def _artifact(self, run: str, key: str) -> str:
        chosen = {"artifacts": {"flow_run_id": {"any_": [run]}, "key": {"any_": [key]}}}
        url = f"{self._address}/api/artifacts/filter"
        answer = until(lambda: (got := self.page.request.post(url, data=chosen)).status != 503 and got)
        (found,) = answer.json()
        return str(found["id"])

    def table(self) -> list[dict[str, str]]:
        """The table that an artifact's page shows, one dict a row."""
        expect(self.page.get_by_role("cell").first).to_be_visible()
        head = self.page.get_by_role("columnheader").all_inner_texts()
        rows = self.page.locator("tbody").first.get_by_role("row").all()
        cells = [row.get_by_role("cell").all_inner_texts() for row in rows]
        return [dict(zip(head, row, strict=True)) for row in cells]

    def picture(self, name: str) -> None:
        """A picture of the page as it is, for the guide, once nothing moves on it any more."""
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(_SETTLED_MS)
        self.page.screenshot(path=self._screenshots / f"{name}.png", animations="disabled")


@contextmanager
def prefect_ui(address: str, screenshots: Path) -> Iterator[PrefectUI]:
    """A browser of its own, which reaches nothing but the server at `address`."""

    def only_ours(route: Route) -> None:
        if route.request.url.startswith(f"{address}/"):
            route.continue_()
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        context = browser.new_context(
            viewport={"width": 1100, "height": 800}, color_scheme="light", timezone_id="UTC", locale="en-US"
        )
        context.set_default_timeout(_PATIENCE_MS)
        context.route("**/*", only_ours)
        expect.set_options(timeout=_PATIENCE_MS)
        yield PrefectUI(context.new_page(), address, screenshots)
        browser.close()
