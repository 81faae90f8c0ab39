export default function Page() {
  return <p>wasm2vec</p>;
}
