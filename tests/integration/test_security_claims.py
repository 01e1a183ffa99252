"""docs/security.md names the test behind each claim: they are there, and every number is used."""

import re

from harness import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
CLAIMS, LIST = TEXT.split("## 4. The tests")


def named_tests():
    """Number -> (file, name)."""
    found = {}
    for entry in re.split(r"\n    (?=tests/)", LIST):
        file, _, names = entry.strip().partition(":")
        for number, name in re.findall(r"(\d+)\s+(\w+)", names):
            found[int(number)] = (file, name)
    return found


def test_every_number_in_the_text_is_a_test_and_every_test_is_in_the_text():
    cited = {int(number) for group in re.findall(r"\[([\d, ]+)\]", CLAIMS)
             for number in group.split(",")}
    assert cited == set(named_tests())
    assert sorted(cited) == list(range(1, len(cited) + 1))


def test_every_test_that_is_named_exists():
    for file, name in named_tests().values():
        source = (ROOT / file).read_text()
        assert re.search(rf"^(def )?{name}\(", source, re.M), f"{file} has no {name}"
