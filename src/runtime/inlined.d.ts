/** What the build puts into the library as it is. */
declare module "inline:engine" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module "inline:tokenizer" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module "inline:node-worker" {
  const script: string;
  export default script;
}
declare module "inline:browser-worker" {
  const script: string;
  export default script;
}
