import type { Attempt } from '../../api/types.ts';

export type Phase = { name: string; look: 'set' | 'wait' | 'body'; fromMs: number; toMs: number };

/**
 * The phases of an attempt one after the other: look-up of the name, connection, TLS, wait for the first byte, body. Phases that
 * were not measured are part of the next one.
 */
export function phasesOf(attempt: Attempt): Phase[] {
  const { dnsMs, connectMs, tlsMs, firstByteMs, durationMs } = attempt;
  if (durationMs === null) return [];
  const phases: Phase[] = [];
  let at = 0;
  const add = (name: string, look: Phase['look'], toMs: number) => {
    const to = Math.min(durationMs, Math.max(at, toMs));
    if (to > at) phases.push({ name, look, fromMs: at, toMs: to });
    at = to;
  };
  if (dnsMs !== null) add('DNS', 'set', at + dnsMs);
  if (connectMs !== null) add('Connect', 'set', at + connectMs);
  if (tlsMs !== null) add('TLS', 'set', at + tlsMs);
  if (firstByteMs === null) add('Wait', 'wait', durationMs);
  else {
    add('Wait', 'wait', firstByteMs);
    add('Body', 'body', durationMs);
  }
  return phases;
}
