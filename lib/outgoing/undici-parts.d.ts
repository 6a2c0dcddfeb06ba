// undici's own types cover its index alone. The default exports are what `module.exports` is to an importing module.
declare module 'undici/lib/dispatcher/client.js' {
  // oxlint-disable-next-line import/no-default-export
  export { Client as default } from 'undici';
}
declare module 'undici/lib/core/connect.js' {
  // oxlint-disable-next-line import/no-default-export
  export { buildConnector as default } from 'undici';
}
