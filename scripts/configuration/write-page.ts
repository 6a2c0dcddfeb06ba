import { FUNCTION_VARIABLES, LOCAL_DEFAULTS } from '../../local/settings.ts';
import { readGroups, readLocalVariables, type Variable } from './groups.ts';

/** Services and keys that a local run starts or creates, unless one of these variables names another. */
const INSTEAD_OF_ITS_OWN: Record<string, string> = {
  DATABASE_URL: 'a PostgreSQL that it starts',
  REDIS_URL: 'a Redis that it starts',
  AWS_ENDPOINT_URL_SQS: 'an SQS emulator that it starts',
  BELFRY_DATA_KEYS_FILE: '`data-keys.json` in the data directory',
};

const INTRODUCTION = `# Configuration

<!-- Generated from lib/config and local/settings.ts by \`npm run configuration\`. Change those, not this page. -->

Belfry reads its configuration from environment variables when a function starts. It refuses to start when a variable is
missing or wrong, and names every such variable at once, without its value.

- **On AWS** the stack sets the variables. The column "On AWS" names the setting that a value comes from: a \`-c\`
  option of \`cdk deploy\`, or a setting of [infra/stages.ts](../../infra/stages.ts). For a variable without one, use
  \`environment\` of the \`JobScheduler\`.
- **On one machine** they are variables of \`npm start\`: see [below](#on-one-machine).
- A list has commas between its entries. A list that is set and empty has no entries; it does not stand for the default.

"Functions" means \`api\`, \`scheduler\`, \`worker\` and \`declared-jobs\`. A function needs every variable without a
default that it reads, with two choices: \`DATABASE_URL\` or the \`BELFRY_DATABASE_*\` variables, and a secret or a file
for the data keys.
`;

const COMMANDS = `## Commands

| variable | command | meaning |
| --- | --- | --- |
| \`DATABASE_URL\` | \`npm run keys\`, \`npm run audit:database\` | the database, instead of \`--database-url\`, which other users can see in the list of processes |
| \`BELFRY_URL\`, \`BELFRY_API_KEY\` | \`npm run demo\` | address and admin key of the Belfry to use; default: the one that runs on the data directory |
| \`BELFRY_DATA_DIR\` | \`npm run demo\` | the data directory of the Belfry to use; default \`.local\` |
| \`XDG_CACHE_HOME\` | \`npm start\`, tests, \`npm run e2e\`, \`npm run e2e:*\` | where downloaded programs are kept; default \`~/.cache\` |
| \`AWS_ENDPOINT_URL\` | \`npm run e2e\`, \`npm run e2e:aws\` | an emulator that runs already |
| \`LOCALSTACK_ENDPOINT\`, \`LOCALSTACK_PORT\` | \`npm run e2e\`, \`npm run e2e:localstack\` | a LocalStack that runs already; the port for one that is started |
| \`DATABASE_URL\`, \`REDIS_URL\` | \`npm run e2e:*\` | services for the functions, at addresses that the functions can reach |
| \`BELFRY_E2E_TICK\` | \`npm run e2e\`, \`npm run e2e:*\` | \`schedule\` or \`rule\`: what fires the tick |
| \`BELFRY_E2E_ALLOWED_NETWORKS\` | \`npm run e2e\`, \`npm run e2e:*\` | networks that jobs may call; default \`127.0.0.0/8,::1\` |
| \`BELFRY_E2E_TARGET_HOST\` | \`npm run e2e\`, \`npm run e2e:*\` | this machine's name as the functions see it; default \`127.0.0.1\` |
`;

const PAGES = `## Pages

| variable | used by | meaning |
| --- | --- | --- |
| \`BELFRY_SITE_DIRECTORY\` | \`ui\` | the directory of the built pages; default: \`site\` next to the function's bundle. \`npm start\` sets it |
`;

const RUNTIME = `## Set for Node

The stack sets two more variables for each function, which Belfry's code does not read.

| variable | meaning |
| --- | --- |
| \`NODE_OPTIONS\` | source maps, and the heap limits of \`lib/topology.ts\` |
| \`MALLOC_ARENA_MAX\` | \`2\`: fewer arenas, so less memory that the allocator keeps |
`;

/** Returns the page docs/operate/configuration.md. */
export function writePage(): string {
  const groups = readGroups();
  const sections = groups.map(([heading, variables]) => `## ${heading}\n\n${functionTable(variables)}`);
  return [
    INTRODUCTION,
    ...sections,
    localSection(groups.flatMap(([, found]) => found)),
    PAGES,
    COMMANDS,
    RUNTIME,
  ].join('\n');
}

const code = (text: string): string => (/^[\w.:/,-]+$/.test(text) && text !== 'none' ? `\`${text}\`` : text);

/** Returns the description of a variable, with names of variables as code. */
const describe = ({ does }: Variable): string =>
  does.replaceAll(/(?<!`)\b(?:BELFRY|AWS)_[A-Z_]+\b/g, (name) => `\`${name}\``);

function table(columns: string[], rows: string[][]): string {
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const usersOf = ({ usedBy }: Variable): string =>
  usedBy.map((user) => (user === 'functions' ? 'functions' : `\`${user}\``)).join(', ');

function functionTable(variables: Variable[]): string {
  return table(
    ['variable', 'meaning', 'values', 'default', 'read by', 'On AWS'],
    variables.map((variable) => [
      `\`${variable.name}\``,
      describe(variable),
      variable.values,
      variable.default === undefined ? '' : code(variable.default),
      usersOf(variable),
      variable.onAws ?? '',
    ]),
  );
}

function localSection(variables: Variable[]): string {
  const factsOf = (name: string): Variable => {
    const found = variables.find((variable) => variable.name === name);
    if (found === undefined) throw new Error(`${name} is not described in lib/config`);
    return found;
  };
  const defaults: Record<string, string> = LOCAL_DEFAULTS;
  const own = readLocalVariables().map((variable) => [
    `\`${variable.name}\``,
    describe(variable),
    variable.values,
    code(variable.default ?? ''),
  ]);
  const services = Object.entries(INSTEAD_OF_ITS_OWN).map(([name, instead]) => [
    `\`${name}\``,
    describe(factsOf(name)),
    factsOf(name).values,
    instead,
  ]);
  const passedOn = FUNCTION_VARIABLES.map((name) => [
    `\`${name}\``,
    describe(factsOf(name)),
    factsOf(name).values,
    code(defaults[name] ?? factsOf(name).default ?? ''),
  ]);
  const columns = ['variable', 'meaning', 'values', 'default'];
  return `## On one machine

\`npm start\` reads these variables. It treats an empty variable as not set, except for the lists
\`BELFRY_ALLOWED_NETWORKS\` and \`BELFRY_ALLOWED_PORTS\`: an empty list closes this machine to jobs too.
\`npm start -- --help\` prints a summary.

${table(columns, [...own, ...services, ...passedOn])}`;
}
