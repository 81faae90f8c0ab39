// Patterns of Oniguruma, as tokenizer.json has them, in JavaScript.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { matchesOf, PatternRefused, translatePattern } from "../../src/tokenizing/onig-regex.ts";

/** What a pattern finds in a text. */
function found(pattern: string, text: string): string[] {
  const bounds = matchesOf(translatePattern(pattern), text);
  return bounds.flatMap((from, i) => (i % 2 ? [] : [text.slice(from, bounds[i + 1])]));
}

test("kinds of characters are Oniguruma's", () => {
  assert.equal(found("\\s", "a\u0085b\ufeffc\u3000"), ["\u0085", "\u3000"], "U+FEFF is no space, U+0085 is one");
  assert.equal(found("\\w+", "naïve x² ५_-"), ["naïve", "x²", "५_"]);
  assert.equal(found("\\h+", "0xFfg"), ["0", "Ff"], "\\h is a hexadecimal digit");
  assert.equal(found("[[:punct:]]", "a€!"), ["€", "!"]);
  assert.equal(found("\\p{Han}+|\\p{hiragana}", "東京の𠀀"), ["東京", "の", "𠀀"]);
  assert.equal(found("\\p{^L}", "a1"), ["1"]);
  assert.equal(found(".", "a\r\nb"), ["a", "\r", "b"], "all but \\n");
});

test("classes within classes, and what two have in common", () => {
  assert.equal(found("[a-z&&[^aeiou]]+", "banana"), ["b", "n", "n"]);
  assert.equal(found("[^(\\s|[.,])]+", "a|b (c)"), ["a", "b", "c"], "a class in a class is a part of it");
  assert.equal(found("[\\]\\-x]+", "-]x"), ["-]x"]);
});

test("lines, the text's ends, and words", () => {
  assert.equal(found("^.", "ab\ncd\n"), ["a", "c"], "each line begins; none behind the last end");
  assert.equal(found(".$", "ab\ncd"), ["b", "d"]);
  assert.equal(found("\\A.|.\\z", "ab\ncd"), ["a", "d"]);
  assert.equal(found("\\bé\\w*", "été é"), ["été", "é"]);
});

test("letters of both cases, with those that fold to them", () => {
  assert.equal(found("'(?i:s|LL)", "'S 'ſ 'll 'x"), ["'S", "'ſ", "'ll"]);
  assert.equal(found("(?i)k", "kK\u212a"), ["k", "K", "\u212a"], "U+212A is the sign of Kelvin");
  assert.equal(found("a(?i:b)c", "aBc aBC"), ["aBc"], "only within the group");
});

test("what was found is not given back where that is said", () => {
  assert.equal(found("a++b|a", "aab aa"), ["aab", "a", "a"]);
  assert.equal(found("(?>a+)a", "aaa"), []);
  assert.equal(found("\\d{1,2}+", "12345"), ["12345"], "an interval with a plus is repeated");
});

test("empty matches: none right behind another match", () => {
  assert.equal(matchesOf(translatePattern("x*"), "axb"), [0, 0, 1, 2, 3, 3]);
  assert.equal(matchesOf(translatePattern(""), "😀a"), [0, 0, 2, 2, 3, 3], "none within a character");
});

test("what has no counterpart is refused by name", () => {
  const refused: [string, RegExp][] = [
    ["(a)\\1", /the escape \\1/],
    ["\\G", /the escape \\G/],
    ["\\R", /the escape \\R/],
    ["(?<n>a)", /the group \(\?<n>a\)/],
    ["(?x)a", /the group/],
    ["(?i)ß", /\(\?i\) with characters beyond ASCII/],
    ["(?i)office", /\(\?i\) with "ff"/],
    ["\\p{Nobody}", /\\p\{Nobody\}/],
    ["(a", /a "\(" without "\)"/],
    ["a)", /a "\)" without "\("/],
    ["[a", /a "\[" without "\]"/],
    ["*a", /"\*" with nothing before it/],
    ["a\\", /ends in a backslash/],
    ["[b-a]", /a range that ends before it begins/],
    ["a{2000}", /the interval \{2000\}/],
    [`${"(".repeat(60)}a${")".repeat(60)}`, /nested more than 50 deep/],
  ];
  for (const [pattern, message] of refused) {
    assert.throws(
      () => translatePattern(pattern),
      (error: Error) => error instanceof PatternRefused && message.test(error.message),
      pattern,
    );
  }
});

test("what could take for ever is refused; what is published is not", () => {
  for (const pattern of [
    ...["(a+)+$", "(a|a)*b", "(a|aa)+$", "(a*)*", "(.*)*x", "(\\w+\\s?)+$", "(a?){30}a{30}", "(.*a){20}"],
    ...["a*a*a*b", "([a-z]{1,5}){1,100}x", "\\s*\\s*\\s*$"],
    ...["a*a*x", "(?:\\s*[\\r\\n]*)x", `${"a{0,19}".repeat(6)}x`, `a*${"a?".repeat(24)}x`, `${"(?:a|a)".repeat(15)}x`],
    ...["(?<=xa*a*)b", "(?:(?=a*b)a)*x"],
  ]) {
    assert.throws(() => translatePattern(pattern), /several ways|in a row|looks further/, pattern);
  }
  for (const pattern of [
    "(?:\\r?\\n)+",
    "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?:\\P{N}|$))",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}]*[\\p{Ll}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  ]) {
    translatePattern(pattern);
  }
});

test.run();
