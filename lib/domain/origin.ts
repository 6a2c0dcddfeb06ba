/**
 * Returns the scheme, host and port of a URL in the form of the URL parser: in lower case, the host in its ASCII form,
 * and without the default port of the scheme. Returns an empty string for an invalid URL.
 */
export const originOf = (url: string): string => URL.parse(url)?.origin ?? '';
