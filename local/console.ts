import type { LocalRun } from './run.ts';
import { ECHO_PATH } from './gateway/echo.ts';

export type Console = {
  say: (text: string) => void;
  /** Prints one line on stderr. */
  complain: (line: string) => void;
  /** Prints a line about a step that takes long. */
  progress: (line: string) => void;
  /** Starts the timer of a step. The returned function stops it and prints the line. */
  time: (name: string) => (outcome: string) => void;
  welcome: (run: LocalRun) => void;
};

const NAME_WIDTH = 10;

export function makeConsole(): Console {
  const startedMs = performance.now();
  // The reader of the output may have ended (`npm start | head`). Belfry continues to run.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const complain = (line: string) => void process.stderr.write(`belfry: ${line}\n`);

  return {
    say,
    complain,
    progress: (line) => say(`  … ${line}`),
    time: (name) => {
      const sinceMs = performance.now();
      return (outcome) => {
        const line = `  ${name.padEnd(NAME_WIDTH)} … ${seconds(performance.now() - sinceMs)}  ${outcome}`;
        say(line.trimEnd());
      };
    },
    welcome: (run) => say(welcomeText(run, seconds(performance.now() - startedMs))),
  };
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

function welcomeText(run: LocalRun, took: string): string {
  const { address, dashboard, shownApiKey, shownDatabaseUrl, logFile, open, signingKeyId } = run;
  // Uses double quotes, so that the shell inserts the variable's value.
  const key = `-H "X-API-Key: ${shownApiKey}"`;
  const job = {
    name: 'hello',
    schedule: '@every 5s',
    api: `${address}${ECHO_PATH}`,
    body: { hello: 'world' },
  };
  return [
    '',
    `Belfry is ready, after ${took}.`,
    '',
    `  address   ${address}`,
    ...(dashboard === undefined ? [] : [`  dashboard ${dashboard}`]),
    `  API key   ${shownApiKey}`,
    `  database  ${shownDatabaseUrl}`,
    `  log       ${logFile}`,
    `  jobs may call public addresses${open.networks.trim() === '' ? '' : ` and ${open.networks}`}, ${portsText(open.ports)}`,
    '',
    ...(run.mayCallItself ? [] : ['Jobs may not call this machine, so the one below would be refused.', '']),
    'A job that calls this machine every 5 seconds:',
    '',
    `  curl -s ${address}/api/v1/jobs ${key} -H 'Content-Type: application/json' -d ${quote(JSON.stringify(job))}`,
    '',
    'Its history, and how to delete it (replace 1 with the id in the answer to the first command):',
    '',
    `  curl -s '${address}/api/v1/jobs/1/history?status=SUCCESS&limit=5' ${key}`,
    `  curl -s -X DELETE ${address}/api/v1/jobs/1 ${key}`,
    '',
    'Every request is signed (docs/guide/signatures.md). The secret for its verification:',
    '',
    `  curl -s ${address}/api/v1/signing-keys/${signingKeyId}/secret ${key}`,
    '',
    '`npm run demo` shows more jobs, and `npm start -- --help` lists the settings. Ctrl-C stops everything.',
  ].join('\n');
}

const portsText = (ports: string): string =>
  ports.trim() === '' ? 'but on no port' : `on the ports ${ports}`;

/** Quotes a text for a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
