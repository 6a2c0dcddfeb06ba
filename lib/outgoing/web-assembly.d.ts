// Node has WebAssembly; TypeScript knows it only together with the browser's interfaces.
declare namespace WebAssembly {
  type Module = { readonly kind: 'module' };
  type Instance = { readonly exports: Record<string, unknown> };
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => WebAssembly.Module;
  Instance: new (module: WebAssembly.Module, imports: Record<string, object>) => WebAssembly.Instance;
};
