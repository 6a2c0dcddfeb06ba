import { Client } from 'undici';

/** What a client asked for, as a job carries it: the same for every peer, and as large as what Belfry's jobs carry. */
export const requestOf = (number) => ({
  path: '/',
  headers: {
    'content-type': 'application/json',
    'user-agent': 'peer',
    'x-source': 'bench',
    'idempotency-key': `peer-${number}`,
    // The target counts by it that each job came once.
    'x-belfry-execution-id': String(number),
  },
  body: JSON.stringify({
    orderId: number,
    action: 'remind',
    note: 'forty bytes or so that a client sends',
  }),
});

/** Idle connections; the last used one is taken first. There are as many as requests are out at once. */
const idle = [];

/**
 * Sends one POST and resolves with the status. undici's `dispatch` is the cheapest way to send that undici has, and a client
 * for each connection spares a pool's search for a free one: so the queue makes the difference, not the HTTP client.
 */
export function post({ path, headers, body }) {
  const client = idle.pop() ?? new Client(process.env.TARGET_URL);
  return new Promise((resolve, reject) => {
    let status;
    client.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData() {},
        onResponseEnd() {
          idle.push(client);
          if (status === 204) resolve(status);
          else reject(new Error(`the target answered ${status}`));
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
