// What the environment says of the hub. Expected: what huggingface_hub 2.4.0 has in its constants in the same environment.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type HubSettings, hubSettings } from "../../src/files/hub-settings.ts";
import { type Runtime, runtime, useRuntime } from "../../src/runtime/runtime.ts";

function settingsIn(
  environment: Record<string, string>,
  homeFolder = (): string | undefined => "/home/me",
): HubSettings {
  const own = runtime;
  useRuntime({ ...own, variable: (name: string) => environment[name], homeFolder } as Runtime);
  try {
    return hubSettings();
  } finally {
    useRuntime(own);
  }
}

test("where the cache and the token are", () => {
  const cases: [environment: Record<string, string>, cache: string, tokenFile: string][] = [
    [{}, "/home/me/.cache/huggingface/hub", "/home/me/.cache/huggingface/token"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub", "/x/huggingface/token"],
    [{ XDG_CACHE_HOME: "/x", HF_HOME: "~/hf" }, "/home/me/hf/hub", "/home/me/hf/token"],
    [{ HF_HOME: "$DATA/hf", DATA: "/d" }, "/d/hf/hub", "/d/hf/token"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as shells write it
    [{ HF_HOME: "/h", HF_HUB_CACHE: "${DATA}/c", DATA: "/d" }, "/d/c", "/h/token"],
    [{ HUGGINGFACE_HUB_CACHE: "/old" }, "/old", "/home/me/.cache/huggingface/token"],
    [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/new", HF_TOKEN_PATH: "~/t" }, "/new", "/home/me/t"],
    [{ HF_HOME: "$NONE/a~b" }, "$NONE/a~b/hub", "$NONE/a~b/token"],
  ];
  for (const [environment, cache, tokenFile] of cases) {
    const settings = settingsIn(environment);
    assert.is(settings.cache, cache, JSON.stringify(environment));
    assert.is(settings.tokenFile, tokenFile);
  }
  assert.is(settingsIn({}, () => undefined).cache, undefined);
  assert.is(
    settingsIn({ HF_HOME: "", HF_HUB_CACHE: "" }).cache,
    "/home/me/.cache/huggingface/hub",
    "empty: as if not set",
  );
});

test("the token, without the line's end that it was pasted with", () => {
  assert.is(settingsIn({ HF_TOKEN: " hf_a\r\n" }).token, "hf_a");
  assert.is(settingsIn({ HUGGING_FACE_HUB_TOKEN: "hf_old" }).token, "hf_old");
  assert.is(settingsIn({ HF_TOKEN: "hf_new", HUGGING_FACE_HUB_TOKEN: "hf_old" }).token, "hf_new");
  assert.is(settingsIn({ HF_TOKEN: "two\nlines" }).token, undefined);
  const implicit = settingsIn({ HF_TOKEN: "hf_a", HF_HUB_DISABLE_IMPLICIT_TOKEN: "yes" });
  assert.equal([implicit.token, implicit.tokenFile], [undefined, undefined]);
});

test("whether something may be fetched, and whether there are links", () => {
  const offlineIn = (environment: Record<string, string>) => settingsIn(environment).offline;
  assert.is(offlineIn({}), undefined);
  assert.is(offlineIn({ HF_HUB_OFFLINE: "on" }), "HF_HUB_OFFLINE");
  assert.is(offlineIn({ HF_HUB_OFFLINE: "no" }), undefined);
  assert.is(offlineIn({ TRANSFORMERS_OFFLINE: "True" }), "TRANSFORMERS_OFFLINE");
  assert.is(offlineIn({ HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "1" }), undefined);
  assert.is(settingsIn({}).hasLinks, true);
  assert.is(settingsIn({ HF_HUB_DISABLE_SYMLINKS: "1" }).hasLinks, false);
});

test("another endpoint, with a path", () => {
  assert.is(settingsIn({}).endpoint.href, "https://huggingface.co/");
  assert.is(settingsIn({ HF_ENDPOINT: "http://mirror.example/hf" }).endpoint.href, "http://mirror.example/hf");
});

test.run();
