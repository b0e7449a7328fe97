"""Function words of languages: short, frequent, and hard to write without (Grefenstette 1995)."""

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
        "à de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il "
        "sont avec aux cette son ses été mais comme ont leur être deux nous elle on fait"
    ),
    "es": (
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya "
        "o este sí porque esta entre cuando muy sin sobre también ha fue son hasta desde "
        "según tras así años donde durante después todo cada contra mientras aunque ni e les está han"
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
    "cs": (
        "a v na se je že s z do o k i pro by ale jako za po jsou od jeho která který také už při "
        "podle být byl"
    ),
    "hu": (
        "a az és hogy nem is egy ez ezt volt csak már de meg mint még azt el után lesz ki ha vagy kell pedig"
    ),
    "fi": (
        "ja on ei että oli se hän myös mutta kun ovat joka mukaan kuin sen ole jo tai voi vain "
        "hänen sekä olla"
    ),
    "vi": ("và của là có được trong cho các không một với người những đã này khi từ đến ở để tại về ra năm"),
    "bg": ("на и за да се от с е по в през не са като че към до при който това или след"),
    "ar": ("في من على إلى أن التي الذي هذا عن مع هذه ما لا كما بعد بين قد كان وقد ذلك"),
    "fa": ("در به از که این را با است برای آن یک تا بر هم شده خود می های شد کرد و"),
    "ur": ("کے کی میں ہے اور سے کا کو نے پر کہ ہیں یہ بھی کر اس ایک تھا لیے گیا"),
    "hi": ("के की में है और से का को ने पर यह हैं कि भी कर इस एक लिए नहीं था गया"),
    "mr": ("आहे आणि या व हे ते तो ही च्या एक नाही होते मध्ये करण्यात आली यांनी केली"),
    "ne": ("छ र को मा ले का पनि हो भएको गरेको छन् गर्न लागि भन्ने थियो एक"),
    "no": (
        "og i det som er en på å for av med til den har ikke at et de fra men seg vi så kan ble "
        "etter mot også når skal ved være om han"
    ),
    "sk": (
        "a v na sa je že s z do o k aj pri by ale ako za po sú od jeho ktorá ktorý tiež už podľa "
        "bol bola ktoré len"
    ),
    "hr": (
        "i u je na se da su za s od o kao koji što ne bi iz će to a ali nije bio samo još te po koja nakon"
    ),
    "sl": ("in je v na se za da so pa z s ki tudi ne po pri bo kot ali do še bil leta med"),
    "ca": ("de la i el que a en els les per un una del amb és no al dels ha més com aquest va seva o"),
    "af": ("die van en in is 'n wat nie vir met op te sy dat hy om aan was het as ook sal kan"),
    "ms": (
        "yang dan di untuk dengan ini itu pada dalam tidak kepada telah oleh akan juga adalah "
        "beliau berkata kerana mereka ke"
    ),
    "et": ("ja on ei et oli kui ka see ta ning aga mis oma ole kes nii või pärast"),
    "tl": ("ang ng sa na mga at ay si ni para hindi ito may kung ko mo nang siya"),
    "be": ("і ў на з не што да як за гэта па у але было ад для пра"),
    "mk": ("и на во се да од за со не ќе што ја го по е како"),
    "sr": ("и у је на се да су за с од о као који што не би из ће"),
}

LANGUAGES = tuple(_WORDS)
"""The languages that vote; their index is their byte in a count of votes."""


_MOST_SHARED = 6
"""Languages that a word may speak for at once: `de` and `a` are words of so many that they tell none."""


def _votes() -> dict[str, int]:
    speaks_for: dict[str, list[int]] = {}
    for index, words in enumerate(_WORDS.values()):
        for word in set(words.split()):
            speaks_for.setdefault(word, []).append(index)
    return {
        word: sum(1 << 8 * index for index in indices)
        for word, indices in speaks_for.items()
        if len(indices) <= _MOST_SHARED
    }


VOTES = _votes()
"""A word to its votes: one byte a language, so that adding up the words of a text is a sum of numbers."""
