import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** How long the parts of opening a connection took, in milliseconds. A part that did not happen is left out. */
export type ConnectionTimes = { dnsMs?: number; connectMs?: number; tlsMs?: number };

/** Measures a socket that has just begun to connect. The returned times are filled in as each part ends. */
export function timeConnection(socket: Socket): ConnectionTimes {
  const times: ConnectionTimes = {};
  let sinceMs = performance.now();
  const lap = (): number => {
    const beganMs = sinceMs;
    sinceMs = performance.now();
    return Math.round(sinceMs - beganMs);
  };
  // The event comes once for each address of the name.
  socket.once('lookup', () => {
    times.dnsMs = lap();
  });
  // Comes before undici's own listener, which writes the request.
  socket.prependOnceListener('connect', () => {
    times.connectMs = lap();
  });
  if (socket instanceof TLSSocket) {
    socket.prependOnceListener('secureConnect', () => {
      times.tlsMs = lap();
    });
  }
  return times;
}
