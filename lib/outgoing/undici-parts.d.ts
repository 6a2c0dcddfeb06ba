// undici's own types cover only its index. An importing module sees `module.exports` as the default export.
declare module 'undici/lib/dispatcher/client.js' {
  // oxlint-disable-next-line import/no-default-export
  export { Client as default } from 'undici';
}
declare module 'undici/lib/core/connect.js' {
  // oxlint-disable-next-line import/no-default-export
  export { buildConnector as default } from 'undici';
}
