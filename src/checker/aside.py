"""Numbers in an article that are no figures: phone numbers, times of day, scores, names, labels, idioms, list marks.

Each is recognised by its form or by the words beside it, never by what an article is about. What is not recognised is
a figure: a reader of facts would rather look at one number too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

Span = tuple[int, int]

_NEAR = 60  # characters to either side of a score in which a word says that it is one

# ------------------------------------------------------------------------- words

# Before a number these name it, also in small letters: article 350, page 12, vuelo 370.
_LABELS = (
    "articles?|section|chapters?|pages?|paragraph|resolution|decree|law|flight|gate|channel|highway|interstate|volume"
    "|appendix|annex|clause|item|rule|lot|episode|season|minute|number|rooms?|class|day"
    "|artículos?|sección|capítulo|página|párrafo|resolución|decreto|ley|vuelo|canal|autopista|inciso|cláusula|episodio"
    "|expediente|kilómetro|siglo|minuto|número|núm|nro|sentencia|sala|clase|día"
)
# The same with a capital letter; a small one may begin something else (a group 20 strong, the line 300 waited in).
_NAMES = (
    "Law|Ley|Route|Ruta|Line|Línea|Group|Grupo|Level|Phase|Fase|Block|Bloque|Unit|Unidad|Area|Zone|Zona|District|Distrito"
    "|Bus|Platform|Terminal|Boeing|Airbus|Apollo|Falcon|Formula|Fórmula|Windows|Category|Categoría|Type|Grade|Calle"
    "|Avenida|Carrera|Building|Tower|Torre|Stage|Round|Table|Tabla|Figure|Division|Precinct|Ward|Camp|Psalm|Salmo"
    "|Act|Order|Directive|Directiva|Convention|Convenio|Protocol|Protocolo|Operation|Mission|Squadron|Station|Estación"
    "|Exit|Salida|Pier|Muelle|Cell|Celda|Pavilion|Pabellón|Wing|Box|Fortune|Studio|Version|No|Nr"
)
_SCORED = (
    r"won|wins?|winning|beat|beats|beaten|defeat\w*|lost|loses?|draws?|drew|victory|scor\w+|goals?|match|tie|tied|final"
    r"|half-time|ganó|ganaron|ganar|venc\w+|derrot\w+|perdi\w+|empat\w+|victoria|marcador|gol|goles|partido|triunf\w+"
    r"|gole\w+|remont\w+|set|sets"
)
_CALL = (
    r"call|calls|called|calling|phone|telephone|tel|dial|dialling|hotline|helpline|fax|whatsapp"
    r"|llam\w+|tel[eé]fono|marc\w+"
)
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_CHICO = "una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce"
_BIG = (
    "One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Hundred|Thousand"
    "|Dos|Tres|Cuatro|Cinco|Seis|Siete|Ocho|Nueve|Diez|Doce|Cien|Mil|Cero|Zero"
)

# ------------------------------------------------------------------------- phrases

_ENGLISH = (
    r"(?:this|that|which|each|every|any|another|other|new|last|first|next|second|third|big|good|best|worst|no|old)\s+one",
    r"one\s+(?:must|should|can|could|would|may|might|does|never|always|thing|way|side|another|by\s+one|to\s+one)|one's",
    r"one\s+(?:and\s+the\s+)?same|at\s+one\s+(?:point|time)|number\s+one|day\s+one|square\s+one|second\s+to\s+none",
    r"the\s+one|one\s+day|cloud\s+nine|nine\s+to\s+five|on\s+a\s+par|zero\s+tolerance|two-faced|fifty-fifty",
    r"one-(?:sided|way|off|time)|a\s+(?:thousand|million)\s+times",
)
_SPANISH = (
    r"cada\s+un[oa]|un[oa]\s+(?:se|no|puede|debe|mism[oa]|tras|por|cree|siente)|un[oa]\s+[ay]\s+(?:otr[oa]|un[oa])",
    r"número\s+uno|tolerancia\s+cero|mil\s+(?:gracias|veces)|las\s+mil\s+y\s+una|de\s+cero|ni\s+un[oa]|dos\s+caras",
    r"entre\s+dos\s+aguas|cuatro\s+gatos",
)
_ADDRESSES = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@\S{1,255}|(?<!\w)[@#]\w+"
    r"|(?<![\w-])[\w-]{1,63}\.(?:com|org|net|gov|edu|info|html?|pdf|txt)\b\S*",
    re.IGNORECASE,
)
_PHONES = (
    r"\+\d{1,3}(?:[ .()-]{0,2}\d{2,4}){2,5}|\(\d{2,5}\)\s?\d{3,4}(?:[ .-]\d{2,4}){1,2}|\b\d{3}[-. ]\d{3}[-.]\d{4}\b",
    r"(?<![\d,.])0\d{2,3}[ -]\d{3}[ -]?\d{2,4}(?:[ -]\d{2,3})?",
    rf"\b(?:{_CALL})\b[^.\n\d+]{{0,30}}(?:\d{{2,5}}[ -]){{1,4}}\d{{2,4}}\b",
    rf"\b(?:{_CALL})(?:\s+(?:al|el|on|to))?\s+\d{{3,}}(?:[ -]\d+)*\b",
    r"\b\d+\s+(?-i:[A-Z])\w+\s+(?-i:Street|St|Avenue|Road|Lane|Square|Drive)\b",
)
_AT = rf"(?:\d{{1,2}}|{_CHICO})"  # las nueve
_TIMES = (
    r"\b\d{1,2}:\d{2}(?::\d{2})?\b(?:\s*(?:[ap]\.?\s?m\b\.?|h\b|hours|horas|GMT|UTC))?",
    r"\b\d{1,2}(?:\.\d{2})?\s*[ap]\.?\s?m\b\.?|\b\d{1,2}[.h]\d{2}\s*(?:h\b|hrs\b|hours|horas)",
    r"\b\d{4}\s+(?:hours|hrs|GMT|UTC)\b|\bde\s+\d{1,2}\s+a\s+\d{1,2}\s+(?:horas|h)\b",
    rf"\b(?:\d{{1,2}}|{_SMALL})\s+o'clock|\b(?:half|quarter)\s+(?:past|to)\s+(?:\d{{1,2}}|{_SMALL})\b",
    rf"\b(?:at|by|until|after|before|from)\s+(?:\d{{1,2}}|{_SMALL})\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night)",
    rf"\ba\s+las\s+{_AT}(?=\s+(?!que\b|[^\W\d_]+s\b)[^\W\d_])",
    rf"\blas?\s+{_AT}\s+(?:de\s+la\s+(?:mañana|tarde|noche|madrugada)|en\s+punto)",
    (
        rf"\b(?:a|de|desde|hasta|hacia|sobre)\s+las?\s+{_AT}(?:[.:]\d{{2}})?(?:\s+y\s+(?:media|cuarto))?"
        r"(?=\s*(?:[.,;:)](?!\d)|\Z|h\b)|\s+(?:horas?|y|cuando|hasta|a\s+las|se)\b)(?:\s+horas?|\s*h\b)?"
    ),
)
_SHARES = (
    rf"\b(?:one|1)\s+in\s+(?:\d+|{_SMALL})\b|\b(?:\d+|{_SMALL})\s+(?:out\s+of|in\s+every)\s+(?:every\s+)?(?:\d+|{_SMALL})\b",
    rf"\b(?:\d+|un[oa]?|{_CHICO})\s+de\s+cada\s+(?:\d+|{_CHICO})\b",
    r"\b\d+\s?/\s?\d+\b",
)
_NAMED = (
    rf"\b(?:{_LABELS})\.?\s+(?:n\.?º\s*|no\.\s*)?\d[\d.,/-]*[A-Z]?\b(?:(?:,\s*|\s+(?:and|y|to|a|or|o)\s+(?:the\s+|el\s+)?)\d+\b)*",
    r"\bn\.?[º°]\s*\d+|№\s*\d+|[\"“«']\d+[\"”»']|\[\d+\]",
    r"\b\d+\.?[ºª]|\b\d{1,3}(?:st|nd|rd|th)\b|\b(?:his|her|their|my|our|its)\s+(?:early\s+|mid-?\s?|late\s+)?\d0s\b",
    r"\b(?:Super\s+Bowl|World\s+War)\s+\w+|\b(?:Black|Good|Bloody|Ash|Holy|Palm|Super|Cyber)\s+[a-z]+day\b",
)
_CASED = (
    rf"\b(?:{_NAMES})\.?\s+(?:No\.\s*)?\d[\d.,]*(?:-\d+)?(?:(?:\s+(?:and|y|to|a)\s+)\d+\b)*|\bUN\b|\bG\s?-?\d+\b",
    # Group of Seven, los Cuatro Grandes; a name with a number inside a sentence, such as a model of an aeroplane
    rf"(?<=[^\W\d_] )(?:(?<= of )|(?<= de )|(?<= los )|(?<= las )|(?<= the ))(?:{_BIG})\b(?:\s+[A-ZÁÉÍÓÚ]\w+)?",
    (
        r"(?<![.!?:;\"“»¶] )(?<!^)(?<!\b(?i:in|at|en|on) )(?<!\b(?i:near|from|says|said) )(?<=[^\W\d_,] )"
        r"[A-ZÁÉÍÓÚÑ][^\W\d_]+ \d{1,4}(?![\d,.:%/-]*\d|\s?%)\b"
    ),
)
_MARKS = re.compile(r"^[ \t]*(?:\(?\d{1,2}[.)]|\d{1,2}\.-)(?=[ \t])", re.MULTILINE)
_SCORE = re.compile(r"(?<![\w.,-])\d{1,3}\s?-\s?\d{1,3}(?![\w-]|[.,]\d)")
_BESIDE = re.compile(rf"\b(?:{_SCORED})\b", re.IGNORECASE)


@cache
def _patterns(spanish: bool) -> tuple[re.Pattern[str], ...]:
    idioms = rf"\b(?:{'|'.join(_SPANISH if spanish else _ENGLISH)})\b"
    loose = "|".join((*_PHONES, *_TIMES, *_SHARES, *_NAMED, idioms))
    return re.compile(loose, re.IGNORECASE), re.compile("|".join(_CASED))


def addresses(text: str) -> Iterator[Span]:
    """Where addresses of the net, handles and hashtags stand, in which neither numbers nor dates are meant."""
    return (found.span() for found in _ADDRESSES.finditer(text))


def find(text: str, raw: str, *, spanish: bool = False) -> Iterator[Span]:
    """Where numbers stand that are no figures; ``text`` is the plain form of ``raw`` (``tokens.plain``), without dates.

    >>> text = "Call 555-0147: Flight 370 won 2-1 at 9 a.m."
    >>> [text[slice(*span)] for span in find(text, text)]
    ['Call 555-0147', 'Flight 370', '9 a.m.', '2-1']
    """
    for pattern in _patterns(spanish):
        yield from (found.span() for found in pattern.finditer(text))
    yield from (found.span() for found in _MARKS.finditer(raw))
    yield from _scores(text)


def _scores(text: str) -> Iterator[Span]:
    for found in _SCORE.finditer(text):
        start, end = found.span()
        if _BESIDE.search(text, max(0, start - _NEAR), start) or _BESIDE.search(text, end, end + _NEAR):
            yield start, end
