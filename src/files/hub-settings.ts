/** What the environment says of the hub: the same names that Python's huggingface_hub reads. */

import { Wasm2VecError } from "../errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { urlOf } from "./address.ts";
import { isToken } from "./folder-options.ts";
import { isHttp } from "./source-kinds.ts";

export interface HubSettings {
  /** where the hub is */
  readonly endpoint: URL;
  /** the folder of its cache; undefined where there are no files */
  readonly cache?: string;
  /** whether files of the cache are links to others in it */
  readonly hasLinks: boolean;
  /** why nothing may be fetched; undefined where it may */
  readonly offline?: string;
  /** an access token */
  readonly token?: string;
  /** the file that holds one */
  readonly tokenFile?: string;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";

/** An environment variable; one that is empty says nothing. */
const variable = (name: string) => runtime.variable?.(name) || undefined;

const isOn = (name: string) => /^(1|on|yes|true)$/i.test(variable(name) ?? "");

/** Where the hub is, as far as that can be read. */
export function hubEndpoint(): URL | undefined {
  const endpoint = urlOf(variable("HF_ENDPOINT") ?? DEFAULT_ENDPOINT);
  return isHttp(endpoint) ? endpoint : undefined;
}

/** @throws {Wasm2VecError} `option-invalid` where HF_ENDPOINT is no http URL */
export function hubSettings(): HubSettings {
  const endpoint = hubEndpoint();
  if (!endpoint) {
    // not what it is: it may hold a password
    const message = `HF_ENDPOINT of the environment is no http URL; expected one such as ${DEFAULT_ENDPOINT}.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  const home = runtime.homeFolder?.();
  const expanded = (path: string | undefined) => path && expand(path, home);
  const userCache = variable("XDG_CACHE_HOME") ?? (home && `${home}/.cache`);
  const hubHome = expanded(variable("HF_HOME")) ?? (userCache && expanded(`${userCache}/huggingface`));
  const cache =
    expanded(variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE")) ?? (hubHome && `${hubHome}/hub`);
  const tokenFile = expanded(variable("HF_TOKEN_PATH")) ?? (hubHome && `${hubHome}/token`);
  const offline = variable("HF_HUB_OFFLINE") ? "HF_HUB_OFFLINE" : "TRANSFORMERS_OFFLINE";
  const isImplicit = !isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN");
  return {
    endpoint,
    cache: runtime.addLink && cache,
    hasLinks: !isOn("HF_HUB_DISABLE_SYMLINKS"),
    offline: isOn(offline) ? offline : undefined,
    token: isImplicit ? cleanToken(variable("HF_TOKEN") ?? variable("HUGGING_FACE_HUB_TOKEN")) : undefined,
    tokenFile: isImplicit ? tokenFile : undefined,
  };
}

/** A path with ~ and variables, as shells write them. */
const expand = (path: string, home = "~") =>
  path
    .replace(/^~(?=$|[/\\])/, home)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, name, other) => variable(name ?? other) ?? all);

/** A token as it stands in a file or variable, with line ends around; undefined where that is none. */
export function cleanToken(text: string | undefined): string | undefined {
  const token = text?.trim();
  return token && isToken(token) ? token : undefined;
}
