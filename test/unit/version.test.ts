import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { version } from '../../lib/version.ts';

test('the API reports the version of package.json', async () => {
  const manifest: unknown = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(manifest).toMatchObject({ version });
});
