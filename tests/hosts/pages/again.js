/** A hot reload runs the page's script again: the same bytes, in another buffer. */
import { init } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

const fetchEngine = async () => (await fetch("engine")).arrayBuffer();

report(async () => {
  await init({ bytes: await fetchEngine() });
  const values = await program();
  await init({ bytes: await fetchEngine() });
  await init({ bytes: new Uint8Array(await fetchEngine()) });
  await init();
  const other = new Uint8Array(await fetchEngine());
  other[other.length - 1] ^= 1;
  const code = await init({ bytes: other }).then(
    () => "no error",
    (error) => error.code,
  );
  if (code !== "option-invalid") throw new Error(`other bytes: expected option-invalid, got ${code}`);
  return values;
});
