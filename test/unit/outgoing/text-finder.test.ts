import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTextFinder } from '../../../lib/outgoing/text-finder.ts';

const find = (text: string, chunks: readonly Uint8Array[], limitBytes = 65_536): boolean => {
  const finder = makeTextFinder(text, limitBytes);
  for (const chunk of chunks) finder.add(chunk);
  return finder.isFound();
};

test('a text is found exactly where the whole body contains it, in any pieces of the body', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🔔'), maxLength: 40 });
  const wanted = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🔔'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, wanted, fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }), (body, text, sizes) => {
      const bytes = Buffer.from(body);
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
      chunks.push(bytes.subarray(at));
      expect(find(text, chunks)).toBe(bytes.includes(Buffer.from(text)));
    }),
  );
});

test('a text that ends behind the limit is not found', () => {
  const body = Buffer.from('0123456789');
  expect(find('789', [body], 10)).toBe(true);
  expect(find('789', [body], 9)).toBe(false);
  expect(find('789', [body.subarray(0, 8), body.subarray(8)], 9)).toBe(false);
});
