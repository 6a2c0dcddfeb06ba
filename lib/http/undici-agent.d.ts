// undici's own types cover its index alone.
declare module 'undici/lib/dispatcher/agent.js' {
  // oxlint-disable-next-line import/no-default-export -- what `module.exports` is to an importing module
  export { Agent as default } from 'undici';
}
