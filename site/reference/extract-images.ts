import { createHash } from 'node:crypto';

type Image = { name: string; content: Buffer };

const IN_QUOTES = /url\("data:([^;,]+)(;[^,]+),((?:[^"\\]|\\.)*)"\)/g;
const BARE = /url\(data:([^;,]+)(;[^,]+),([^)]*)\)/g;
const ENDINGS: Record<string, string> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/**
 * Replaces the images that are written into a style sheet by addresses of files next to it. The policy of the page allows
 * images only from its own host.
 *
 * @throws Error for a type of image that is not known.
 */
export function extractImages(styles: string): { styles: string; images: Image[] } {
  const images = new Map<string, Image>();
  const replace = (_: string, type: string, form: string, data: string): string => {
    const ending = ENDINGS[type];
    if (ending === undefined) throw new Error(`a style sheet has an image of the type ${type}`);
    const content = form.includes('base64')
      ? Buffer.from(data, 'base64')
      : Buffer.from(decodeURIComponent(data.replaceAll('\\"', '"')));
    const name = `image-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.${ending}`;
    images.set(name, { name, content });
    return `url(${name})`;
  };
  return {
    styles: styles.replaceAll(IN_QUOTES, replace).replaceAll(BARE, replace),
    images: [...images.values()],
  };
}
