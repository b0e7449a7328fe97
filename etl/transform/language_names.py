"""Names of languages as records spell them, in English and in themselves, to their codes."""

NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
    "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt",
    "russian": "ru", "русский": "ru", "chinese": "zh", "mandarin": "zh", "simplified chinese": "zh",
    "traditional chinese": "zh", "中文": "zh", "japanese": "ja", "日本語": "ja", "korean": "ko",
    "한국어": "ko", "arabic": "ar", "العربية": "ar", "persian": "fa", "farsi": "fa", "فارسی": "fa",
    "hindi": "hi", "हिन्दी": "hi", "bengali": "bn", "bangla": "bn", "turkish": "tr", "türkçe": "tr",
    "polish": "pl", "polski": "pl", "dutch": "nl", "nederlands": "nl", "swedish": "sv", "svenska": "sv",
    "norwegian": "no", "danish": "da", "dansk": "da", "finnish": "fi", "suomi": "fi", "greek": "el",
    "ελληνικά": "el", "hebrew": "he", "עברית": "he", "vietnamese": "vi", "tiếng việt": "vi", "thai": "th",
    "indonesian": "id", "bahasa indonesia": "id", "malay": "ms", "czech": "cs", "čeština": "cs",
    "slovak": "sk", "romanian": "ro", "română": "ro", "hungarian": "hu", "magyar": "hu",
    "ukrainian": "uk", "українська": "uk", "bulgarian": "bg", "serbian": "sr", "croatian": "hr",
    "urdu": "ur", "اردو": "ur", "tamil": "ta", "telugu": "te", "marathi": "mr", "swahili": "sw",
    "catalan": "ca", "català": "ca", "tagalog": "tl", "filipino": "tl",
}  # fmt: skip
