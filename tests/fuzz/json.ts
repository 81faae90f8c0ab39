/** JSON as it is written: with keys that come twice and numbers such as -0, 1e400 or 0.0. */

import type { Random } from "./random.ts";

/** An object's members, an array's items, or anything else as its text. */
export type Json = { members: [name: string, value: Json][] } | { items: Json[] } | { text: string };

export function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return { items: value.map(jsonOf) };
  if (typeof value === "object" && value !== null) {
    return { members: Object.entries(value).map(([name, item]) => [name, jsonOf(item)]) };
  }
  return { text: JSON.stringify(value) };
}

export function textOf(json: Json): string {
  if ("text" in json) return json.text;
  if ("items" in json) return `[${json.items.map(textOf).join(",")}]`;
  return `{${json.members.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(",")}}`;
}

export const copyOf = (json: Json): Json => structuredClone(json);

/** A value in its place. */
interface Place {
  path: string;
  value: Json;
  set(value: Json): void;
}

function placesOf(json: Json, path: string, set: (value: Json) => void): Place[] {
  const own = { path, value: json, set };
  if ("text" in json) return [own];
  const inner =
    "items" in json
      ? json.items.map((item, i) =>
          placesOf(item, `${path}[${i}]`, (value) => {
            json.items[i] = value;
          }),
        )
      : json.members.map((member) =>
          placesOf(member[1], `${path}.${member[0].slice(0, 40)}`, (value) => {
            member[1] = value;
          }),
        );
  return [own, ...inner.flat()];
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Numbers at which something ends. */
// biome-ignore format: as many as fit
const NUMBERS = [
  "0", "-0", "0.0", "1", "1.0", "-1", "0.5", "2", "3", "7", "8", "100", "1000", "1024", "65536", "1e2", "1e9", "1e16",
  "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740991", "9007199254740993",
  "18446744073709551615", "18446744073709551616", "1e308", "1e400", "-1e400", "5e-324", "1e-400",
];

// biome-ignore format: as many as fit
const OTHERS = [
  "null", "true", "false", '""', '"a"', '"1"', '"\\ud800"', '"\\ufffd"', '"\\u0000"', '"\ufeff"', '"__proto__"', "[]",
  "{}", "[[]]", "[null]", "[1,2]", '{"length":3}', '{"":{}}', '{"__proto__":null}', nested(50), nested(20_000),
];

const NAMES = ["", "__proto__", "constructor", "toString", "length", "\0", "\ud800", "\ufffd", "weight", "A"];

function strangeText(random: Random): string {
  const kind = random.weighted({ number: 6, other: 4, long: 1 });
  if (kind === "number") return random.pick(NUMBERS);
  if (kind === "other") return random.pick(OTHERS);
  return JSON.stringify("long ".repeat(random.pick([20, 1000, 100_000])));
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text);

/** Changes one thing; returns the new document and what was changed. */
export function changeJson(document: Json, random: Random): { json: Json; note: string } {
  const root = { json: copyOf(document) };
  const places = placesOf(root.json, "$", (value) => {
    root.json = value;
  });
  const place = random.pick(places);
  const note = changePlace(place, places, random);
  return { json: root.json, note };
}

function changePlace({ path, value, set }: Place, places: readonly Place[], random: Random): string {
  if ("text" in value) {
    const text = changedText(value.text, random);
    set({ text });
    return `${path} = ${short(text)}`;
  }
  const change = random.weighted({ inside: 6, strange: 1, wrap: 1, elsewhere: 1 });
  if (change === "inside")
    return "items" in value ? changeItems(path, value, random) : changeMembers(path, value, random);
  const other =
    change === "strange"
      ? { text: strangeText(random) }
      : change === "wrap"
        ? { items: [copyOf(value)] }
        : copyOf(random.pick(places).value);
  set(other);
  return `${path} = ${short(textOf(other))}`;
}

function changedText(text: string, random: Random): string {
  if (random.chance(0.5)) return strangeText(random);
  const number = Number(text);
  if (text.startsWith('"')) {
    const inner = text.slice(1, -1);
    return random.pick([
      `"${inner}${inner}"`,
      `"${inner}x"`,
      '"x"',
      `"${inner}\\ud83d"`,
      `"../${inner}"`,
      `"${inner.toUpperCase()}"`,
    ]);
  }
  if (Number.isNaN(number) || text === "") return strangeText(random);
  return String(random.pick([number + 1, number - 1, number * 2, -number, number / 2, number + 8]));
}

function changeItems(path: string, json: { items: Json[] }, random: Random): string {
  const { items } = json;
  const i = random.below(items.length + 1);
  const change = random.pick(["remove", "repeat", "add", "swap", "many"]);
  if (change === "remove" && items.length) items.splice(Math.min(i, items.length - 1), 1);
  else if (change === "repeat" && items.length) items.push(copyOf(random.pick(items)));
  else if (change === "swap" && items.length) items.reverse();
  else if (change === "many") items.push(...Array.from({ length: 3000 }, () => ({ text: "1" })));
  else items.splice(i, 0, { text: strangeText(random) });
  return `${path}: ${change} an item, ${short(textOf(json))}`;
}

function changeMembers(path: string, json: { members: [string, Json][] }, random: Random): string {
  const { members } = json;
  const change = random.pick(["remove", "repeat", "rename", "add", "order"] as const);
  const member = members.length ? random.pick(members) : undefined;
  if (change === "add" || !member) {
    const name = random.pick(NAMES);
    members.push([name, { text: strangeText(random) }]);
    return `${path}: a member ${JSON.stringify(name)}: ${short(textOf(members[members.length - 1][1]))}`;
  }
  const [name, value] = member;
  if (change === "remove") members.splice(members.indexOf(member), 1);
  else if (change === "repeat")
    members.push([name, random.chance(0.5) ? copyOf(value) : { text: strangeText(random) }]);
  else if (change === "order") members.reverse();
  else member[0] = random.pick([...NAMES, ...members.map(([other]) => other), `${name}x`]);
  return `${path}: ${change} ${JSON.stringify(short(name))}${change === "rename" ? ` to ${JSON.stringify(member[0])}` : ""}`;
}
