"""Invented people in several scripts, for the seed and for generated organizations."""

from __future__ import annotations

from collections.abc import Iterator

# Given and family names with the Latin spelling that the address uses.
GIVEN = [
    ("Amelia", "amelia"),
    ("Bram", "bram"),
    ("Chiara", "chiara"),
    ("Diego", "diego"),
    ("Elif", "elif"),
    ("Freya", "freya"),
    ("Göran", "goran"),
    ("花子", "hanako"),
    ("Iker", "iker"),
    ("Jana", "jana"),
    ("Κώστας", "kostas"),
    ("Léa", "lea"),
    ("Małgorzata", "malgorzata"),
    ("Nguyên", "nguyen"),
    ("Оксана", "oksana"),
    ("Péter", "peter"),
    ("Quinn", "quinn"),
    ("Rahel", "rahel"),
    ("Søren", "soren"),
    ("太郎", "taro"),
    ("Uma", "uma"),
    ("Víctor", "victor"),
    ("Wanjiru", "wanjiru"),
    ("Ximena", "ximena"),
    ("יעל", "yael"),
    ("Željko", "zeljko"),
    ("أمينة", "amina"),
    ("प्रिया", "priya"),
    ("민준", "minjun"),
    ("Ọláyínká", "olayinka"),
]
FAMILY = [
    ("Abbott", "abbott"), ("Björk", "bjork"), ("Castellanos", "castellanos"), ("Dvořák", "dvorak"),
    ("Eriksen", "eriksen"), ("Fernández", "fernandez"), ("González-Ñandú", "gonzalez"),
    ("Horváth", "horvath"),
    ("Ibrahim", "ibrahim"), ("山田", "yamada"), ("Kowalczyk", "kowalczyk"), ("Lindqvist", "lindqvist"),
    ("Müller", "muller"), ("Nakamura", "nakamura"), ("O'Connor", "oconnor"), ("Παπαδόπουλος", "papadopoulos"),
    ("Quispe", "quispe"), ("Rossi", "rossi"), ("Шевченко", "shevchenko"), ("Tanaka", "tanaka"),
    ("Ünal", "unal"), ("van der Berg", "vanderberg"), ("Wójcik", "wojcik"), ("Xu", "xu"),
    ("Öztürk", "ozturk"), ("Zamora", "zamora"), ("حسن", "hassan"), ("शर्मा", "sharma"), ("김", "kim"),
    ("Adébáyò", "adebayo"), ("Lévesque", "levesque"),
]  # fmt: skip

# Names that try to break whatever prints them: mentions, markup, formulas, separators, direction marks.
HOSTILE = [
    ("<!channel>", "*Bold*", "hostile.channel@example.com"),
    ("<@U000000>", "_italic_ ~gone~", "hostile.mention@example.com"),
    ('=HYPERLINK("http://example.com")', "+1", "hostile.formula@example.com"),
    ("Robert'); --", 'a,b;c\n"d"', "hostile.quotes@example.com"),
    ("\u202eevil", "<b>&amp;</b>", "hostile.direction@example.com"),
]


def crowd() -> Iterator[tuple[str, str, str]]:
    """Endless first name, last name, e-mail; the first 930 without a number in the address."""
    size = len(GIVEN) * len(FAMILY)
    number = 0
    while True:
        index = number % size
        given, family = GIVEN[index % len(GIVEN)], FAMILY[(index * 7 + index // len(GIVEN)) % len(FAMILY)]
        turn = number // size
        tail = f".{turn + 1}" if turn else ""
        domain = "example.org" if number % 9 == 0 else "example.com"
        yield given[0], family[0], f"{given[1]}.{family[1]}{tail}@{domain}"
        number += 1
