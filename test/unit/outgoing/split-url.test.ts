import { expect, test } from 'vitest';
import { splitUrl } from '../../../lib/outgoing/split-url.ts';

test('a URL is split as the URL parser reads it, the first time and later', () => {
  // More URLs than are remembered, and each of them twice.
  const urls = Array.from({ length: 1_200 }, (_, index) => `HTTPS://Shop.test:443/a b/../${index}?q=é#part`);
  for (const url of [...urls, ...urls, ...urls.slice(-1), ...urls.slice(-1)]) {
    const { pathname } = new URL(url);
    expect(splitUrl(url)).toEqual({ origin: 'https://shop.test', path: `${pathname}?q=%C3%A9` });
  }
});

test('an invalid URL is refused each time', () => {
  for (const _ of [1, 2]) expect(() => splitUrl('nonsense')).toThrow(TypeError);
});
