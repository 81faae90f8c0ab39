// A process that loads vectors and saves them again, and prints what that took, as JSON: seconds, and bytes of memory, of the
// process before, and at most until they were loaded.
//
//     node bench/load-vectors.js <file> <file to save> [dtype]
const { init, KeyedVectors } = await import("wasm2vec");
const [file, target, dtype] = process.argv.slice(2);
const peak = () => process.resourceUsage().maxRSS * 1024;
const seconds = async (work) => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

await init();
const before = peak();
let vectors;
const load = await seconds(async () => {
  vectors = await KeyedVectors.load(file, { dtype });
});
const most = peak();
const save = target ? await seconds(() => vectors.save(target)) : 0;
console.log(JSON.stringify({ load, save, before, most }));
