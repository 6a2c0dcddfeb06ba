// undici's own types cover only its index. An importing module sees `module.exports` as the default export.
declare module 'undici/lib/core/connect.js' {
  // oxlint-disable-next-line import/no-default-export
  export { buildConnector as default } from 'undici';
}
declare module 'undici/lib/llhttp/llhttp_simd-wasm.js' {
  /** llhttp, the parser of Node and undici, as a WebAssembly module. */
  const bytes: Buffer;
  // oxlint-disable-next-line import/no-default-export
  export default bytes;
}
