"""Finding persons and places by how they are written or sound: keys kept beside the name."""

from __future__ import annotations

import re
import unicodedata

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def search_key(*parts: str) -> str:
    """Lower case, ä→ae …, other accents dropped, one blank between words: `Groß Rodensleben` →
    `gross rodensleben`."""
    text = " ".join(parts).lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def sound_key(name: str) -> str:
    """Cologne phonetics (Postel 1969) of the whole name: Meier, Maier and Mayr are all `67`."""
    letters = search_key(name).translate(str.maketrans("", "", " 0123456789"))
    codes: list[str] = []
    for index, letter in enumerate(letters):
        before = letters[index - 1] if index else ""
        after = letters[index + 1] if index + 1 < len(letters) else ""
        codes.append(_code(letter, before, after))
    merged = "".join(
        code for index, code in enumerate(codes) if index == 0 or code != codes[index - 1]
    )
    squeezed = re.sub(r"(.)\1+", r"\1", merged)
    return squeezed[:1] + squeezed[1:].replace("0", "")


def _code(letter: str, before: str, after: str) -> str:
    if letter in "aeijouy":
        return "0"
    if letter == "h":
        return ""
    if letter == "b" or (letter == "p" and after != "h"):
        return "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter in "fvwp":
        return "3"
    if letter in "gkq":
        return "4"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        soft = "ahkloqrux" if not before else "ahkoqux"
        return "4" if after and after in soft and not (before and before in "sz") else "8"
    return {"l": "5", "m": "6", "n": "6", "r": "7"}.get(letter, "8")
