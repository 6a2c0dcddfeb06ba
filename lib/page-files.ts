/** Folders of the built pages with files whose names contain a hash of their content. */
export const hashedFolders = ['ui/assets', 'docs/assets'] as const;

/** Returns true for the name of a file in these folders, such as `ui/assets/main-1A2B3C4D.js`. */
export const isHashed = (name: string): boolean =>
  hashedFolders.some((folder) => name.startsWith(`${folder}/`));

/** Caches may keep a hashed file for a year: a file with other content has another name. */
export const hashedFileCaching = 'public, max-age=31536000, immutable';

/** The headers of every answer. The pages load nothing from other hosts, and make no markup from text. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;
