/**
 * Returns true if a `Host` header is a loopback name with any port: `localhost` and names below it, which are resolved without
 * a name server, 127.0.0.0/8 or `[::1]`. In a DNS rebinding attack, a page's own name resolves to 127.0.0.1, but its requests
 * still carry that name.
 */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name)
  );
}

/** Returns the name of a `Host` header in lower case, without the port and a final dot; undefined if it is invalid. */
export function hostName(host: string): string | undefined {
  // Refuses characters that would start another part of a URL.
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}
