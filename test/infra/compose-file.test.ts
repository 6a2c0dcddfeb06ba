import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import * as z from 'zod';

const file = fileURLToPath(new URL('../../docker-compose.localstack.yml', import.meta.url));

// The type declarations of dclint point nowhere.
const resultsSchema = z.array(
  z.object({ messages: z.array(z.object({ line: z.number(), rule: z.string(), message: z.string() })) }),
);

test('the Compose file is valid by its schema and by the rules of dclint', () => {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  const results = resultsSchema.parse(linter.lintFiles([file], false));
  expect(results).toHaveLength(1);
  expect(results[0]?.messages).toEqual([]);
});
