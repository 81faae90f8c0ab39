/**
 * Makes the reference of the public names out of their docstrings, in build/reference; any that is missing, any link that
 * leads nowhere and any type that is used and not exported fails it.
 *
 *     node tests/package/docs.mjs            after a build
 *     node tests/package/docs.mjs --check    only looks
 */
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The types that are published. */
const TYPES = here("../../build/index.d.cts");

const application = await Application.bootstrap({
  name: "wasm2vec",
  entryPoints: [TYPES],
  tsconfig: here("tsconfig.json"),
  readme: "none",
  out: here("../../build/reference"),
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  githubPages: false,
  disableSources: true,
  // what the names that use them say by themselves, and the platforms' own objects by what is used of them
  intentionallyNotExported: [
    ...[
      "CallbacksOf",
      "Columns",
      "EngineFile",
      "GivenOptions",
      "MaybePromise",
      "MaybePromise$1",
      "NumberName",
      "Option",
    ],
    ...["OwnFloat32Array", "Sentences", "AbortSignalLike", "BlobLike", "FileLike", "PageFileLike", "PageFolderLike"],
    ...[
      "PageTargetLike",
      "PageFolderTarget",
      "HeadersLike",
      "EncodedLike",
      "ReadableStreamLike",
      "ResponseLike",
      "UrlLike",
      "WritableStreamLike",
    ],
    ...["Items", "KeysSource", "READ_FORMATS", "UNICODE_ERRORS", "WRITTEN_FORMATS"],
  ],
  // parts of what is told as a whole
  intentionallyNotDocumented: ["key", "row", "vector", "weight"]
    .map((name) => `QueryItem.__type.${name}`)
    .concat("FileHandleLike.stat.__type.isFile", "FileHandleLike.stat.__type.size")
    .concat("RowFilter.__type.begin", "RowFilter.__type.end", "Vectors.__type.data", "Vectors.__type.shape"),
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatValidationWarningsAsErrors: true,
  treatWarningsAsErrors: true,
});
const project = await application.convert();
if (project) {
  application.validate(project);
  if (!process.argv.includes("--check")) await application.generateOutputs(project);
}
const { errorCount, warningCount } = application.logger;
console.log(`reference: ${errorCount} errors, ${warningCount} warnings`);
process.exit(project && errorCount + warningCount === 0 ? 0 : 1);
