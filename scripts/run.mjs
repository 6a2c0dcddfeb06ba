// Runs a program of Belfry: `node scripts/run.mjs local/main.ts [argument …]`. On an old Node it says which one is needed.
// It starts on any Node that the machine has, so it is plain JavaScript in syntax that old ones (from 14.8) read.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'Belfry needs Node 24; this is ' +
      process.version +
      '. On Linux x64 and arm64 `npm ci` installs it; elsewhere install Node 24.\n',
  );
  process.exit(1);
}

// Node keeps what it compiles, and TypeScript without its types, so that the next start takes a fifth less processor time.
const { enableCompileCache } = await import('node:module');
const { fileURLToPath } = await import('node:url');
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/belfry', import.meta.url)));

// The program finds its arguments at the same place as if Node had started it directly.
process.argv.splice(1, 1);
await import(new URL('../' + process.argv[1], import.meta.url).href);
