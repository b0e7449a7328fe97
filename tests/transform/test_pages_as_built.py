"""Pages as news sites really build them: title and instant right, or refused; never another instant."""

import pytest

from etl.errors import Refusal
from etl.extract.html import page_fields
from etl.model import Article
from tests.transform.pages_as_built import PAGES
from tests.transform.rules import normalized


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_gives_its_title_and_its_instant_or_is_refused(page):
    try:
        found = normalized(page_fields(page.page))
    except Refusal as refusal:
        pytest.fail(refusal.detail)
    if isinstance(found, Article):
        assert (found.title, f"{found.published_at:%Y-%m-%dT%H:%M}") == (page.title, page.expected)
    else:
        assert found.reason == page.expected, found.detail
