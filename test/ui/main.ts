// Tests the dashboard in Chromium, against the Belfry of `npm start`.
//   npm run e2e:ui [FILE …]                   needs a Chromium: CHROMIUM_PATH, on the PATH, or, as root on Debian, installable
//   npm run e2e:ui -- --if-possible           says so and exits with 0 if there is none
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findChromium } from '../support/find-chromium.ts';

const root = join(import.meta.dirname, '../..');
const files = process.argv.slice(2).filter((argument) => argument !== '--if-possible');

const chromium = findChromium();
if (chromium === undefined) {
  console.error('e2e:ui did not run: there is no Chromium. Install one, or set CHROMIUM_PATH.');
  process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
} else {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // Each worker starts a Belfry, and a single file needs one.
  const workers = files.length === 1 ? ['--maxWorkers', '1'] : [];
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'ui', ...workers, ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM_PATH: chromium },
  });
  process.exitCode = status ?? 1;
}
