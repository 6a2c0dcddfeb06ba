// Builds the pages into a directory, with compressed copies: `node scripts/run.mjs site/main.ts DIRECTORY`.
// The bundling of the function `ui` runs it during a deployment.
import { buildSite } from './build-site.ts';

const [, , outDirectory] = process.argv;
if (outDirectory === undefined) throw new Error('usage: node scripts/run.mjs site/main.ts DIRECTORY');
await buildSite({ outDirectory, isCompressed: true });
