/** Chats written as the text that a model was trained with: templates of Jinja, run by @huggingface/jinja. */

import { isObject, show, Wasm2VecError } from "../errors.ts";
import { isJsonObject } from "../files/folder.ts";

/** One message of a chat: who speaks, and what is said. */
export interface ChatMessage {
  /** who speaks, such as "user" */
  role: string;
  /** what is said: a text, or what the template takes */
  content?: unknown;
  [name: string]: unknown;
}

/** What templates may ask for besides the messages. */
export interface ChatValues {
  add_generation_prompt: boolean;
  tools: readonly unknown[] | undefined;
  documents: readonly unknown[] | undefined;
  [name: string]: unknown;
}

/**
 * The template of a folder: one, or one of several by its name.
 *
 * @throws {Wasm2VecError} `model-incomplete` where there is none
 */
export function chosenTemplate(template: unknown, hasTools: boolean, folder: string): string {
  if (typeof template === "string") return template;
  const named = Array.isArray(template) ? template.filter(isJsonObject) : [];
  const find = (name: string) => named.find((one) => one.name === name)?.template;
  const found = (hasTools ? find("tool_use") : undefined) ?? find("default");
  if (typeof found === "string") return found;
  throw new Wasm2VecError(
    "model-incomplete",
    `${folder} has no chat template. Give one: applyChatTemplate(messages, { chatTemplate: "{% for message in messages %}…" }).`,
  );
}

/** @throws {Wasm2VecError} `format-unknown` where the template cannot be run, or refuses the messages */
export async function renderChat(
  template: string,
  messages: readonly ChatMessage[],
  values: ChatValues,
): Promise<string> {
  const { Template } = await import("@huggingface/jinja");
  try {
    return new Template(template).render({ messages, ...values });
  } catch (cause) {
    const message = `The chat template cannot be run with these ${messages.length} messages: ${reasonOf(cause)}. Change the messages, or give another chatTemplate.`;
    throw new Wasm2VecError("format-unknown", message, { cause });
  }
}

/** What was thrown, of whatever realm. */
const reasonOf = (cause: unknown) => (isObject(cause) && "message" in cause ? String(cause.message) : show(cause));
