import bytes from 'undici/lib/llhttp/llhttp_simd-wasm.js';

/** The functions of llhttp that Belfry uses. A pointer is a place in the memory of the module. */
export type Llhttp = {
  memory: { readonly buffer: ArrayBuffer };
  malloc: (size: number) => number;
  llhttp_alloc: (type: number) => number;
  llhttp_free: (parser: number) => void;
  llhttp_execute: (parser: number, at: number, length: number) => number;
  llhttp_finish: (parser: number) => number;
  /** Makes the parser ready for a new message. */
  llhttp_reset: (parser: number) => void;
  /** The place after a pause or an error. */
  llhttp_get_error_pos: (parser: number) => number;
  llhttp_get_status_code: (parser: number) => number;
};

/**
 * What llhttp calls while it parses. A result other than OK ends the parsing with an error, except that `onHeadersComplete` returns 1
 * for a message without a body, and `onMessageComplete` may return PAUSED.
 */
export type ParserCallbacks = {
  onMessageBegin: () => number;
  onHeaderField: (at: number, length: number) => number;
  onHeaderValue: (at: number, length: number) => number;
  onHeadersComplete: (statusCode: number, isUpgrade: boolean, shouldKeepAlive: boolean) => number;
  onBody: (at: number, length: number) => number;
  onMessageComplete: () => number;
};

export const OK = 0;
export const PAUSED = 21;
export const RESPONSE = 2;

/** Compiles llhttp: 2 ms. `current` returns the callbacks of the parser that runs. */
export function loadLlhttp(current: () => ParserCallbacks): Llhttp {
  const ignore = (): number => OK;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: {
      wasm_on_url: ignore,
      wasm_on_status: ignore,
      wasm_on_message_begin: () => current().onMessageBegin(),
      wasm_on_header_field: (_: number, at: number, length: number) => current().onHeaderField(at, length),
      wasm_on_header_value: (_: number, at: number, length: number) => current().onHeaderValue(at, length),
      wasm_on_headers_complete: (_: number, statusCode: number, upgrade: number, keepAlive: number) =>
        current().onHeadersComplete(statusCode, upgrade === 1, keepAlive === 1),
      wasm_on_body: (_: number, at: number, length: number) => current().onBody(at, length),
      wasm_on_message_complete: () => current().onMessageComplete(),
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- WebAssembly has no types
  return exports as Llhttp;
}
