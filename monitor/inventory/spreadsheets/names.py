"""Residential groups by name: as written, without marks, with a slip, in an address, in a title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from monitor.inventory.folding import fold
from monitor.inventory.spreadsheets.columns import plain
from monitor.inventory.spreadsheets.known import KnownGroup
from monitor.inventory.spreadsheets.nearness import nearest
from monitor.inventory.spreadsheets.problems import Code, Finding, error, fixed, question
from monitor.inventory.spreadsheets.words import written_words

_TONES = frozenset("\u0300\u0309\u0303\u0301\u0323")
_PARTS = re.compile(r"[,;\n]|\s[-\u2013]\s")
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_LONGEST_KIND = 3
# Short words that also begin names of other things: only at the beginning of a part do they name a group.
_ONLY_FIRST = frozenset({"to", "ban", "khoi", "lang", "bon", "soc", "ap"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text: ``kind`` is "" where none is said, ``bare`` the rest without it."""

    kind: str
    bare: str
    written: str


@dataclass(frozen=True, slots=True)
class Match:
    group: KnownGroup | None
    finding: Finding | None = None


def tone_key(text: str) -> str:
    """Equal for two ways to write one name: any case and Unicode form, the tone on either vowel, "02" or "2"."""
    return " ".join(map(_word_key, _GLUED.sub(" ", unicodedata.normalize("NFC", text)).casefold().split()))


def mention_of(text: str, kinds: str = "group_kind") -> Mention:
    """A text that begins with a kind of group (or not) into kind and name."""
    words = _GLUED.sub(" ", text.replace(".", ". ")).split()
    for length in range(min(_LONGEST_KIND, len(words) - 1), 0, -1):
        if kind := _kind(" ".join(words[:length]), kinds):
            rest = words[length:]
            if len(rest) > 1 and plain(rest[0]) == "so" and rest[1].isdigit():
                rest = rest[1:]
            return Mention(kind, " ".join(rest), " ".join(text.split()))
    return Mention("", " ".join(words), " ".join(text.split()))


class GroupNames:
    def __init__(self, groups: Iterable[KnownGroup]) -> None:
        self._groups = tuple(groups)
        self._mentions = {group.id: mention_of(group.name) for group in self._groups}
        self._by_key: dict[str, list[KnownGroup]] = {}
        self._by_fold: dict[str, list[KnownGroup]] = {}
        for group in self._groups:
            bare = self._mentions[group.id].bare
            self._by_key.setdefault(tone_key(bare), []).append(group)
            self._by_fold.setdefault(fold(bare), []).append(group)
        self._by_id = {group.id: group for group in self._groups}
        self._communes = {name for group in self._groups for name in _commune_keys(group)}
        self._matched: dict[tuple[str, bool], Match] = {}

    def with_id(self, group_id: str) -> KnownGroup | None:
        return self._by_id.get(group_id)

    def label(self, group: KnownGroup) -> str:
        """The name with its kind in short, as people write it in a list."""
        mention = self._mentions[group.id]
        return f"{_short(mention.kind)} {mention.bare}" if mention.kind else group.name

    def match(self, text: str) -> Match:
        """The group that an id or a name means; the name may have its commune behind it."""
        if group := self.with_id(text.strip()):
            return Match(group)
        return self._once(text, is_address=False)

    def match_address(self, text: str) -> Match:
        """The group that an address names among house number, street and commune."""
        return self._once(text, is_address=True)

    def _once(self, text: str, *, is_address: bool) -> Match:
        key = text, is_address
        if key not in self._matched:
            self._matched[key] = self._match_parts(text, is_address=is_address)
        return self._matched[key]

    def in_title(self, texts: Iterable[str]) -> KnownGroup | None:
        """The one group that a heading names."""
        for text in texts:
            keyed = f" {tone_key(_PARTS.sub(' ', text).replace('(', ' ').replace(')', ' '))} "
            named = [group for group in self._groups if f" {tone_key(group.name)} " in keyed]
            if named:
                return max(named, key=lambda group: len(group.name))
        return None

    def _match_parts(self, text: str, *, is_address: bool) -> Match:
        parts = [part for part in _PARTS.split(text) if part.strip()]
        commune = next((key for part in parts if (key := self._commune(part))), None)
        mentions = [mention for part in parts if (mention := _mention_within(part))]
        for mention in mentions:
            if mention.kind:
                return self._match_mention(mention, commune)
        for mention in mentions:
            found = self._match_mention(mention, commune)
            # Without a kind it may be a street: only a name that is known counts as one.
            if found.group and not (found.finding and found.finding.code is Code.GROUP_UNKNOWN):
                return found
        if len(mentions) == 1:
            found = self._match_mention(mentions[0], commune)
            if found.group or not is_address:
                return found
        return Match(None, error(Code.GROUP_MISSING, x=text))

    def _match_mention(self, mention: Mention, commune: str | None) -> Match:
        exact = self._by_key.get(tone_key(mention.bare), [])
        folded = self._by_fold.get(fold(mention.bare), [])
        for candidates in (exact, folded):
            here = _of_kind(_in_commune(candidates, commune), mention, self._mentions)
            if len(here) == 1:
                return Match(here[0], self._remark(mention, here[0], is_exact=candidates is exact))
            if here:
                return Match(None, self._unknown(mention, here))
        if elsewhere := exact or folded:
            return Match(
                elsewhere[0],
                question(Code.OTHER_COMMUNE, self.label(elsewhere[0]), x=commune or "", y=self.label(elsewhere[0])),
            )
        near = [
            group
            for name in nearest(fold(mention.bare), self._by_fold, most=3)
            for group in _in_commune(self._by_fold[name], commune)
        ]
        return Match(near[0] if near else None, self._unknown(mention, near))

    def _remark(self, mention: Mention, group: KnownGroup, *, is_exact: bool) -> Finding | None:
        known = self._mentions[group.id]
        label = self.label(group)
        if mention.kind and known.kind and mention.kind != known.kind:
            return question(Code.GROUP_UNKNOWN, label, x=mention.written, y=label)
        return None if is_exact else fixed(Code.GROUP_REWRITTEN, label, x=mention.written, y=label)

    def _unknown(self, mention: Mention, near: list[KnownGroup]) -> Finding:
        if not near:
            return error(Code.GROUP_NOT_FOUND, x=mention.written)
        labels = [self._unmistakable(group) for group in near]
        if len(near) > 1 and len({self._mentions[group.id].bare for group in near}) == 1:
            return error(Code.GROUP_UNKNOWN, *labels, x=mention.written, y=" / ".join(labels))
        x, y = mention.bare, self._mentions[near[0].id].bare
        if not any(map(str.isalpha, y)):
            x, y = mention.written, labels[0]
        return question(Code.GROUP_UNKNOWN, labels[0], *labels, x=x, y=y)

    def _unmistakable(self, group: KnownGroup) -> str:
        others = self._by_fold[fold(self._mentions[group.id].bare)]
        return ", ".join([self.label(group), *group.area_names[:1]]) if len(others) > 1 else self.label(group)

    def _commune(self, part: str) -> str | None:
        mention = mention_of(part, "commune_kind")
        key = fold(mention.bare)
        return key if key in self._communes or (mention.kind and self._communes) else None


def _in_commune(groups: list[KnownGroup], commune: str | None) -> list[KnownGroup]:
    if commune is None:
        return groups
    return [group for group in groups if not group.area_names or commune in _commune_keys(group)]


def _of_kind(groups: list[KnownGroup], mention: Mention, mentions: dict[str, Mention]) -> list[KnownGroup]:
    same = [group for group in groups if mention.kind and mentions[group.id].kind == mention.kind]
    return same or groups


def _commune_keys(group: KnownGroup) -> set[str]:
    return {fold(mention_of(name, "commune_kind").bare) for name in group.area_names}


def _mention_within(part: str) -> Mention | None:
    """The group a part of an address names, at its beginning or after a house number and a street."""
    if mention_of(part, "commune_kind").kind:
        return None
    first = mention_of(part)
    if first.kind:
        return first
    words = part.split()
    for start in range(1, len(words) - 1):
        inner = mention_of(" ".join(words[start:]))
        if inner.kind and plain(words[start]) not in _ONLY_FIRST:
            return inner
    return first


def _kind(words: str, kinds: str) -> str | None:
    by_key, by_fold = _kinds(kinds)
    key = tone_key(words.replace(".", " "))
    # Without its marks, a word means a kind only where nothing in it is marked otherwise.
    return by_key.get(key) or (by_fold.get(key) if key.isascii() else None)


@cache
def _kinds(kinds: str) -> tuple[dict[str, str], dict[str, str]]:
    words = written_words(kinds)
    return {tone_key(text): kind for kind, text in words}, {fold(text): kind for kind, text in words}


def _short(kind: str) -> str:
    """The first word that is listed for a kind."""
    text = next(text for listed, text in written_words("group_kind") if listed == kind)
    return text if text.isupper() else text.capitalize()


def _word_key(word: str) -> str:
    if word.isdigit():
        return word.lstrip("0") or "0"
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in letters if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES)) + tones
