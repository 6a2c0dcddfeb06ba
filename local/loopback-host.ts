/**
 * Whether a `Host` header names this machine by loopback: `localhost` and names below it, which no name server is asked for,
 * 127.0.0.0/8 and `[::1]`, with any port. A page whose own name was made to mean 127.0.0.1 (DNS rebinding) sends that name.
 */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name)
  );
}

/** The name of a `Host` header in lower case, without the port and a last dot; undefined where it has none. */
export function hostName(host: string): string | undefined {
  // Nothing that would make another part of a URL of it.
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname.replace(/\.$/, '');
}
