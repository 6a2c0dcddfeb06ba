import { expect, test } from 'vitest';
import { extractImages } from '../../../../site/reference/extract-images.ts';

const svg = String.raw`url("data:image/svg+xml;charset=utf-8,<svg fill=\"%23fff\"></svg>")`;
const png = 'url(data:image/png;base64,iVBORw0KGgo=)';

test('images of a style sheet become files, each once', () => {
  const { styles, images } = extractImages(
    `a{background:${svg}}b{background:${png} 0 0}c{background:${svg}}`,
  );
  expect(styles).toMatch(
    /^a\{background:url\((image-[0-9a-f]{8}\.svg)\)\}b\{background:url\(image-[0-9a-f]{8}\.png\) 0 0\}c\{background:url\(\1\)\}$/,
  );
  expect(images.map(({ content }) => content.toString('latin1'))).toEqual([
    '<svg fill="#fff"></svg>',
    Buffer.from('iVBORw0KGgo=', 'base64').toString('latin1'),
  ]);
});

test('a style sheet without images stays as it is, and an unknown image is refused', () => {
  expect(extractImages('a{background:url(x.png)}').styles).toBe('a{background:url(x.png)}');
  expect(() => extractImages('a{src:url(data:font/woff2;base64,AA==)}')).toThrow('font/woff2');
});
