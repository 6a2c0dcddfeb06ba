import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import * as z from 'zod';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

// dclint's own types lead nowhere.
const resultsSchema = z.array(
  z.object({ messages: z.array(z.object({ line: z.number(), rule: z.string(), message: z.string() })) }),
);

test('the Compose file is valid, by the schema and by the rules of dclint', () => {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  const results = resultsSchema.parse(linter.lintFiles([pathOf('docker-compose.localstack.yml')], false));
  expect(results).toHaveLength(1);
  expect(results[0]?.messages).toEqual([]);
});

test('without Docker, e2e:localstack says what is missing', () => {
  const { status, stderr } = spawnSync(process.execPath, [pathOf('scripts/e2e-localstack.ts')], {
    env: { PATH: '' },
    encoding: 'utf8',
  });
  expect(stderr).toBe(
    'e2e:localstack cannot run: there is no docker command; install Docker with its Compose plugin. `npm run e2e:aws` needs no Docker.\n',
  );
  expect(status).toBe(1);
});
