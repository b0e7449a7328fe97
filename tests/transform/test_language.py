"""The language of an article: stated, or told by its text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.transform.function_words import LANGUAGES, VOTES
from etl.transform.language import _IN_SHARED_SCRIPT, _script, _vote, stated_language, text_language

TEXTS = {
    "en": "The government said that there is no reason to change the rules, but it will look at them.",
    "de": "Die Regierung sagt, dass es keinen Grund gibt, die Regeln zu ändern, und wird sie prüfen.",
    "fr": "Le gouvernement a dit qu’il n’y a pas de raison de changer les règles, mais il les reverra.",
    "es": "El gobierno dijo que no hay motivo para cambiar las normas, pero que las revisará después.",
    "pt": "O governo disse que não há motivo para mudar as regras, mas que vai olhar para elas depois.",
    "it": "Il governo ha detto che non c'è motivo di cambiare le regole, ma che le rivedrà dopo.",
    "no": "Regjeringen sier at det ikke er aktuelt å endre reglene, men at de vil se på saken etter jul.",
    "tr": "Hükümet kuralları değiştirmek için bir neden olmadığını söyledi ancak bu konu ile ilgili olacak.",
    "ru": "Правительство заявило, что нет причин менять правила, но оно рассмотрит их снова после лета.",
    "uk": "Уряд заявив, що немає причин змінювати правила, але він розгляне їх знову після літа.",
    "fa": "دولت اعلام کرد که دلیلی برای تغییر قوانین وجود ندارد، اما پس از تابستان آن را بررسی خواهد کرد.",
    "ar": "أعلنت الحكومة أنه لا يوجد سبب لتغيير القوانين، لكنها ستنظر فيها مرة أخرى بعد الصيف عندما ينتهي.",
    "ja": "政府は規則を変更する理由はないと述べたが、夏以降に再検討する予定である。会議は来週の予定だ。",
    "zh": "政府表示没有理由改变规则，但将在夏季之后再次审议这些规则，会议预计将于下周举行，各方将出席。",
    "ko": "정부는 규칙을 바꿀 이유가 없다고 밝혔지만 여름 이후에 다시 검토할 예정이라고 말했다. 끝이다.",
    "el": "Η κυβέρνηση δήλωσε ότι δεν υπάρχει λόγος να αλλάξουν οι κανόνες, αλλά θα τους εξετάσει.",
}  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
def test_function_words_and_scripts_tell_the_language(code):
    assert text_language(TEXTS[code]) == code


def test_a_text_without_function_words_is_told_by_the_classifier():
    swahili = (
        "Serikali imesema kuwa hakuna sababu ya kubadilisha sheria hizo lakini itaangalia tena suala hilo."
    )
    assert text_language(swahili) == "sw"
    assert text_language(swahili, ("de", "sw")) == "sw"


def test_the_sources_languages_bound_the_answer():
    assert text_language(TEXTS["en"], ("de", "fr")) in {"de", "fr"}
    assert text_language(TEXTS["en"], ("de", "en")) == "en"


@pytest.mark.parametrize("text", ["", "Hello there", "12:30"])
def test_too_short_a_text_has_no_language(text):
    assert text_language(text) is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("en", "en"), ("en-US", "en"), ("EN_gb", "en"), (" zh-Hans-CN ", "zh"), ("English", "en"),
        ("deutsch", "de"),
        ("中文", "zh"), ("eng", "en"), ("fil", "fil"), ("", None), ("english (us)", None), ("e", None),
        ("und", None), (None, None), (5, None), (["en"], None), ("x" * 100, None),
    ],
)  # fmt: skip
def test_a_stated_language_is_its_primary_subtag(raw, code):
    assert stated_language(raw) == code
    assert stated_language(raw) == code


WORDS = st.lists(st.sampled_from([*sorted(VOTES)[::7], "zzz", "Berlin"]), max_size=40)


@given(WORDS, st.sampled_from([1.2, 1.5]))
@settings(max_examples=300, deadline=None)
def test_the_vote_goes_to_the_language_with_enough_more_words_than_any_other(words, margin):
    votes = [0] * len(LANGUAGES)
    for word in words:
        for at, voted in enumerate(VOTES.get(word, 0).to_bytes(len(LANGUAGES), "little")):
            votes[at] += voted
    first, second = sorted(votes, reverse=True)[:2]
    found = _vote(" ".join(words), margin)
    if first < 4 or first < second * margin:
        assert found is None
    elif (language := LANGUAGES[votes.index(first)]) not in _IN_SHARED_SCRIPT:
        assert found == language


@given(st.text(st.characters(max_codepoint=0x33F), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_latin_letters_alone_tell_no_language_by_their_script(sample):
    assert _script(sample) is None
