import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataKeys } from '../../../lib/secrets/data-keys.ts';
import { parseKeyRing } from '../../../lib/secrets/key-ring.ts';
import { LocalRunError } from '../../../local/data-dir/data-dir.ts';
import { openDataKeysFile } from '../../../local/data-dir/data-keys.ts';
import { keyRingText } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-data-keys-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('the first start creates the key file, readable only by its owner, and later starts keep it', async () => {
  const path = await openDataKeysFile(directory, undefined);
  expect(await readdir(directory)).toEqual(['data-keys.json']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const made = await readFile(path, 'utf8');
  expect(await openDataKeysFile(directory, undefined)).toBe(path);
  expect(await readFile(path, 'utf8')).toBe(made);
  const keys = openDataKeys(
    { kind: 'file', path },
    { fetchSecret: () => Promise.reject(new Error('not asked')), clock: new ManualClock() },
  );
  expect((await keys.get()).current).toBe(parseKeyRing(made)?.current);
});

test('a key file that the user names is created when it does not exist, and used', async () => {
  const path = join(directory, 'keys');
  expect(await openDataKeysFile(join(directory, 'elsewhere'), path)).toBe(path);
  expect(parseKeyRing(await readFile(path, 'utf8'))).toBeDefined();
});

test.each(['', keyRingText('first').slice(0, -1)])(
  'a key file that holds %j is left as it is, and the error does not contain it',
  async (text) => {
    const path = join(directory, 'data-keys.json');
    await writeFile(path, text);
    const opening = openDataKeysFile(directory, undefined);
    await expect(opening).rejects.toThrow(LocalRunError);
    await expect(opening).rejects.toThrow(`${path} is not a key ring; restore it`);
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

test('a key file that cannot be used is reported with the reason', async () => {
  const path = join(directory, 'missing', 'keys');
  await expect(openDataKeysFile(directory, path)).rejects.toThrow(/ENOENT.*set BELFRY_DATA_KEYS_FILE/);
});
