/**
 * The scheme, host and port of a URL as the URL parser writes them: in lower case, a name in its ASCII form, without the
 * port that the scheme has by itself. Empty for a text that is no URL.
 */
export const originOf = (url: string): string => URL.parse(url)?.origin ?? '';
