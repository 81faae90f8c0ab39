/** tokenizer.json's post-processors: a model's own tokens put around those of a text, or of two. */

import { isJsonObject } from "../files/folder.ts";
import { Encoding } from "./encoding.ts";
import { isId, type JsonPart } from "./json-part.ts";

export interface PostProcessor {
  /** how many tokens it adds */
  added(isPair: boolean): number;
  /** one encoding, or several that are joined afterwards */
  process(encodings: Encoding[], addSpecialTokens: boolean, tokenOf: TokenOf): Encoding[];
}

type TokenOf = (id: number) => string | undefined;
type IdOf = (token: string) => number | undefined;

/**
 * @param idOf the id of a token that a template names, and does not list
 * @throws {Wasm2VecError} `format-unknown` for a kind that is not known; `format-damaged`
 */
export function postProcessorOf(part: JsonPart, idOf: IdOf): PostProcessor {
  const make = Object.hasOwn(POST_PROCESSORS, part.type) ? POST_PROCESSORS[part.type] : undefined;
  if (!make) throw part.refused("this kind of post_processor");
  return make(part, idOf);
}

const POST_PROCESSORS: Record<string, (part: JsonPart, idOf: IdOf) => PostProcessor> = {
  Sequence: (part, idOf) => {
    const all = part.parts("processors", "post_processor").map((one) => postProcessorOf(one, idOf));
    return {
      added: (isPair) => all.reduce((sum, one) => sum + one.added(isPair), 0),
      process: (encodings, addSpecialTokens, tokenOf) =>
        all.reduce((changed, one) => one.process(changed, addSpecialTokens, tokenOf), encodings),
    };
  },
  TemplateProcessing: template,
  BertProcessing: (part) => {
    const [cls, sep] = [tokenOf(part, "cls"), tokenOf(part, "sep")];
    return around([cls, "A", sep], ["B", sep]);
  },
  RobertaProcessing: (part) => {
    const [cls, sep] = [tokenOf(part, "cls"), tokenOf(part, "sep")];
    const added = around([cls, "A", sep], [sep, "B", sep]);
    const trims = part.flag("trim_offsets", true);
    const spaces = part.flag("add_prefix_space", true);
    return {
      added: added.added,
      process: (encodings, addSpecialTokens, tokenOf) => {
        const trimmed = trims ? encodings.map((one) => trimSpaces(one, spaces, tokenOf)) : encodings;
        return added.process(trimmed, addSpecialTokens, tokenOf).map((one) => one.withType(0));
      },
    };
  },
  ByteLevel: (part) => {
    const trims = part.flag("trim_offsets", true);
    const spaces = part.flag("add_prefix_space", true);
    return {
      added: () => 0,
      process: (encodings, _, tokenOf) =>
        trims ? encodings.map((one) => trimSpaces(one, spaces, tokenOf)) : encodings,
    };
  },
};

/** The id of `["[SEP]", 102]`. */
function tokenOf(part: JsonPart, name: string): number {
  const [, id] = part.list(name);
  if (isId(id)) return id;
  throw part.damaged(`${name} is no token with its id`);
}

type Item = number | "A" | "B";

/** Tokens around the first text, and around the second, where there is one; the second's have type 1. */
function around(first: readonly Item[], second: readonly Item[]): PostProcessor {
  const addedBy = (items: readonly Item[]) => items.filter((item) => typeof item === "number").length;
  const put = (items: readonly Item[], encoding: Encoding, typeId: number) => {
    const parts = items.map((item) => {
      if (typeof item !== "number") return encoding;
      return new Encoding([item], [0], [0], [typeId]);
    });
    return Encoding.join(parts);
  };
  return {
    added: (isPair) => addedBy(first) + (isPair ? addedBy(second) : 0),
    process: (encodings, addSpecialTokens) =>
      addSpecialTokens ? encodings.map((one, i) => put(i === 0 ? first : second, one, i === 0 ? 0 : 1)) : encodings,
  };
}

interface TemplateItem {
  typeId: number;
  /** a text's tokens */
  text?: "A" | "B";
  /** or these */
  ids?: number[];
}

function template(part: JsonPart, idOf: IdOf): PostProcessor {
  const single = templateItems(part, "single", idOf);
  const pair = part.has("pair") ? templateItems(part, "pair", idOf) : undefined;
  const added = (items: TemplateItem[]) => items.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
  return {
    added: (isPair) => added((isPair && pair) || single),
    process: (encodings, addSpecialTokens) => {
      const items = encodings.length > 1 ? pair : single;
      if (!items) throw part.damaged("pair is missing, which two texts need");
      return items.flatMap(({ text, ids, typeId }) => {
        if (text) return (text === "A" ? encodings[0] : encodings[1])?.withType(typeId) ?? [];
        return addSpecialTokens ? (ids as number[]).map((id) => new Encoding([id], [0], [0], [typeId])) : [];
      });
    },
  };
}

function templateItems(part: JsonPart, name: string, idOf: IdOf): TemplateItem[] {
  const tokens = part.has("special_tokens") ? part.object("special_tokens") : {};
  return part.list(name).map((item, i) => {
    const { Sequence: sequence, SpecialToken: token } = isJsonObject(item) ? item : {};
    const body = sequence ?? token;
    const damaged = () => part.damaged(`${name}[${i}] is neither a Sequence nor a SpecialToken`);
    if (!isJsonObject(body)) throw damaged();
    const typeId = body.type_id ?? 0;
    if (!isId(typeId)) throw damaged();
    if (sequence) {
      if (body.id !== "A" && body.id !== "B") throw damaged();
      return { typeId, text: body.id };
    }
    const known = tokens[String(body.id)];
    const ids = isJsonObject(known) ? known.ids : [idOf(String(body.id))];
    if (!Array.isArray(ids) || !ids.every(isId)) {
      throw part.damaged(`special_tokens has no ids of ${JSON.stringify(body.id)}, which ${name} names`);
    }
    return { typeId, ids };
  });
}

/** Tokens without the spaces that they begin and end with, Ġ. */
function trimSpaces(encoding: Encoding, isSpaceAdded: boolean, tokenOf: TokenOf): Encoding {
  const starts = [...encoding.starts];
  const ends = [...encoding.ends];
  encoding.ids.forEach((id, i) => {
    const token = tokenOf(id) ?? "";
    let leading = token.length - token.replace(LEADING_SPACES, "").length;
    const trailing = token.length - token.replace(TRAILING_SPACES, "").length;
    const isFirst = i === 0 || starts[i] === 0;
    if (isFirst && isSpaceAdded && leading === 1) leading = 0;
    if (leading) starts[i] = Math.min(starts[i] + leading, ends[i]);
    if (trailing === token.length && leading === 0) ends[i] = starts[i];
    else if (trailing && ends[i] >= trailing) ends[i] = Math.max(ends[i] - trailing, starts[i]);
  });
  return new Encoding(encoding.ids, starts, ends, encoding.typeIds);
}

const LEADING_SPACES = /^[Ġ\p{White_Space}]+/u;
const TRAILING_SPACES = /[Ġ\p{White_Space}]+$/u;
