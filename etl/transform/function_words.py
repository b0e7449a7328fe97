"""Function words of languages in Latin and Cyrillic script: short, frequent, and hard to write without."""

_WORDS = {
    "en": (
        "the of and to in is that it for was on with as are this by be at from have has not but "
        "they his were which an or had their said will who been its after would he she we more "
        "about when there out up"
    ),
    "de": (
        "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es "
        "an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so "
        "zum war haben nur oder"
    ),
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il "
        "sont avec aux cette son ses été mais comme ont leur être deux nous elle on fait"
    ),
    "es": (
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya "
        "o este sí porque esta entre cuando muy sin sobre también ha fue son hasta desde"
    ),
    "it": (
        "di e il la che in a per un del non è le si dei con della da i una sono al nel ha più come "
        "alla anche gli ma delle dal questo nella lo suo stato dopo tra"
    ),
    "pt": (
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao "
        "ele das tem à seu sua ou ser quando muito há nos já está também pelo pela"
    ),
    "nl": (
        "de het een van en in is dat op te zijn voor met die niet aan er om ook als dan maar bij "
        "uit naar door over hij werd wordt heeft nog hebben deze worden kan meer"
    ),
    "sv": (
        "och i att det som en på är av för med den till har de inte om ett han men var jag sig från "
        "vi så kan när år under också efter eller nu hade vid"
    ),
    "da": (
        "og i at det er en til på som af for med den de har ikke der et om var han fra men sig vi "
        "så kan ved blev efter eller også når år skal"
    ),
    "pl": (
        "w i na z do się nie to że jest o jak po co za od ale przez dla przy oraz są tym był jego "
        "które tego może być roku już tylko ma"
    ),
    "tr": (
        "ve bir bu da de için ile olarak çok daha olan gibi en kadar sonra ne var ancak olduğu ise "
        "büyük tarafından değil yeni göre o"
    ),
    "id": (
        "yang dan di dengan untuk dari dalam ini itu tidak pada akan juga ke oleh telah ada saat "
        "bisa adalah tersebut mereka sebagai karena lebih"
    ),
    "ro": (
        "de și în la a cu pe din care o nu că pentru mai este un au fi sau au fost prin după iar când sunt"
    ),
    "ru": ("и в не на что с по он к но как из у за от это был для его то же все о так было до она при"),
    "uk": ("і в не на що з та у до як за від це він але про для його було також після є які"),
}

_found: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        if _language not in _found.setdefault(_word, []):
            _found[_word].append(_language)

VOTES: dict[str, tuple[str, ...]] = {word: tuple(languages) for word, languages in _found.items()}
"""A word to the languages that it speaks for."""
