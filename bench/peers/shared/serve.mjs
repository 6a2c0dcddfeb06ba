import { createInterface } from 'node:readline';

/**
 * The contract between the benchmark and a peer's program, which is the same for the one in Go: one JSON object a line.
 *
 *     stdin   {"do": "enqueue", "first": 1, "count": 20000}   stores jobs 1 to 20,000
 *     stdin   {"do": "work", "count": 20000}                  starts the worker, until each job has its durable record
 *     stdout  {"wallMs": 3012.5, "cpuMs": 2410.2}             what it took; or {"error": "…"}
 *
 * The environment gives DATABASE_URL, REDIS_URL and TARGET_URL. The program ends with its stdin.
 *
 * @param work may return a function that ends what it started, which is not measured.
 */
export function serve({ enqueue, work }) {
  const say = (reply) => process.stdout.write(`${JSON.stringify(reply)}\n`);
  const timed = async (run) => {
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const cleanUp = await run();
    const wallMs = performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    await cleanUp?.();
    return { wallMs, cpuMs: (cpu.user + cpu.system) / 1_000 };
  };
  const answer = async (line) => {
    const { do: what, first, count } = JSON.parse(line);
    try {
      say(await timed(() => (what === 'enqueue' ? enqueue(first, count) : work(count))));
    } catch (error) {
      say({ error: String(error.stack) });
    }
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => void answer(line))
    .on('close', () => process.exit());
  say({ ready: true });
}

/** The numbers of `count` jobs from `first` on, by 1,000. */
export function* batches(first, count) {
  for (let from = first; from < first + count; from += 1_000) {
    const size = Math.min(1_000, first + count - from);
    yield Array.from({ length: size }, (_, place) => from + place);
  }
}
