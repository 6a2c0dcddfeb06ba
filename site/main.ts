// Builds the pages into a directory: `node scripts/run.mjs site/main.ts DIRECTORY [--compress] [--hashed-only]`.
// The bundling of the function `ui`, and of the files for CloudFront, runs it during a deployment.
import { parseArgs } from 'node:util';
import { buildSite } from './build-site.ts';

const { values, positionals } = parseArgs({
  options: {
    compress: { type: 'boolean', default: false },
    'hashed-only': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [outDirectory] = positionals;
if (outDirectory === undefined) throw new Error('usage: site/main.ts DIRECTORY [--compress] [--hashed-only]');
await buildSite({
  outDirectory,
  isCompressed: values.compress,
  isHashedOnly: values['hashed-only'],
});
