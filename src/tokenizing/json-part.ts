/** A part of tokenizer.json, read field by field: what is not as it should be is an error that names the part. */

import { show, Wasm2VecError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../files/folder.ts";

export class JsonPart {
  constructor(
    readonly json: JsonObject,
    /** what messages call the part: "normalizer Replace in tokenizer.json of the given map" */
    readonly where: string,
  ) {}

  /** What kind of a part it is: `type`. */
  get type(): string {
    return this.text("type");
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  text(name: string, fallback?: string): string {
    return this.field(name, fallback, (value) => typeof value === "string", "a text");
  }

  flag(name: string, fallback?: boolean): boolean {
    return this.field(name, fallback, (value) => typeof value === "boolean", "true or false");
  }

  count(name: string, fallback?: number): number {
    return this.field(name, fallback, isId, "a whole number from 0 on");
  }

  /** A text of one character. */
  character(name: string): string {
    return this.field<string>(
      name,
      undefined,
      (value) => typeof value === "string" && [...value].length === 1,
      "a character",
    );
  }

  oneOf<Name extends string>(name: string, names: readonly Name[], fallback?: Name): Name {
    return this.field(name, fallback, (value) => names.includes(value as Name), names.join(" or "));
  }

  list(name: string): unknown[] {
    return this.field<unknown[]>(name, undefined, Array.isArray, "an array");
  }

  object(name: string): JsonObject {
    return this.field<JsonObject>(name, undefined, isJsonObject, "an object");
  }

  /** The parts in a list, which messages call by what they are. */
  parts(name: string, what: string): JsonPart[] {
    return this.list(name).map((json) => this.part(json, what));
  }

  /** A part within, or beside, which messages call by its type. */
  part(json: unknown, what: string): JsonPart {
    if (!isJsonObject(json)) throw this.damaged(`${what} is ${show(json)}; expected an object`);
    const type = typeof json.type === "string" ? ` ${show(json.type)}` : "";
    return new JsonPart(json, `${what}${type} in ${this.file}`);
  }

  private get file(): string {
    return this.where.replace(/^.*? in (?=\S)/, "");
  }

  /** An error for a file that is not as it should be. */
  damaged(what: string, cause?: unknown): Wasm2VecError {
    return new Wasm2VecError("format-damaged", `${this.where}: ${what}. Copy or download the file again.`, { cause });
  }

  /** An error for what is right, perhaps, but cannot be run here with the ids that Python gives. */
  refused(what: string, cause?: unknown): Wasm2VecError {
    const advice = "Wrap a tokenizer that can with AutoTokenizer.from({ encode, decode }).";
    return new Wasm2VecError("format-unknown", `${this.where}: ${what} cannot be run. ${advice}`, { cause });
  }

  private field<Type>(
    name: string,
    fallback: Type | undefined,
    accepts: (value: unknown) => boolean,
    expected: string,
  ): Type {
    const value = this.json[name] ?? fallback;
    if (accepts(value)) return value as Type;
    throw this.damaged(`${name} is ${show(this.json[name])}; expected ${expected}`);
  }
}

/** Ids are kept in 32 bits. */
export const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
