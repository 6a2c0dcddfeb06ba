import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { metrics, routes } from '../../lib/topology.ts';
import { synthesise, type Synthesised } from './support/synthesise.ts';
import { managedVariants, type VariantName } from './support/variants.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** All pages of the runbook. The first sets the variables that the commands of the others use. */
const runbook = ['find-things.md', ...globSync('*.md', { cwd: `${root}docs/operate/runbook` }).sort()]
  .filter((page, index, pages) => pages.indexOf(page) === index)
  .map((page) => readFileSync(`${root}docs/operate/runbook/${page}`, 'utf8'))
  .join('\n');

const blocksOf = (language: string): string[] =>
  [...runbook.matchAll(/```(\w*)\n([^]*?)```/g)].flatMap(([, found, text = '']) =>
    found === language ? [text] : [],
  );
const inlineCode = [...runbook.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`]+)`/g)].map(
  ([, text = '']) => text,
);
const commands = [...blocksOf('sh'), ...inlineCode.filter((text) => /^(aws|curl|output) /.test(text))].join(
  '\n',
);
const queries = [...blocksOf(''), ...commands.matchAll(/^insights .*$/gm)].map(String).join('\n');

const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found = '']) => found)),
];

/** Outputs that every stage has, or one of the named outputs. */
const haveOutput = (name: string, of: (stage: Synthesised) => string[]): VariantName[] =>
  managedVariants.filter((variant) => of(synthesise(variant)).includes(name));

const someOnly: Record<string, RegExp> = {
  GatewayKeyId: /^prod/,
  DatabaseInstance: /^(dev|prod)$|serverless|hibernates|CloudFront/,
  DatabaseCluster: /Aurora|everything/,
};
const expectedVariants = (name: string): VariantName[] =>
  managedVariants.filter((variant) => (someOnly[name] ?? /./).test(variant));

test('each output that a command reads exists in its stack', () => {
  const ofData = matches(commands, /(?:\$\(|^)output (\w+) -data/gm);
  const ofStack = [
    ...matches(commands, /(?:\$\(|^)output (\w+)(?! -data|\w)/gm),
    // The query command takes the output that names a log group.
    ...matches(commands, /^insights (\w+)/gm),
  ];
  expect(ofData.length).toBeGreaterThan(1);
  expect(ofStack.length).toBeGreaterThan(8);
  for (const name of ofData) {
    const found = haveOutput(name, ({ dataOutputs }) => dataOutputs);
    expect({ name, found }).toEqual({ name, found: expectedVariants(name) });
  }
  for (const name of ofStack) {
    const found = haveOutput(name, ({ outputs, dataOutputs }) =>
      outputs.filter((output) => !dataOutputs.includes(output)),
    );
    expect({ name, found }).toEqual({ name, found: expectedVariants(name) });
  }
});

test('no command guesses a physical name from a logical id', () => {
  expect(commands).not.toMatch(/LogicalResourceId|starts_with|namePrefix|list-stack-resources/);
});

test('each variable that a command uses is set by a command before it', () => {
  const given = new Set(['0', '1', '2', '3']);
  for (const line of commands.split('\n')) {
    const set = [...line.matchAll(/\b(\w+)=|read -r (\w+) (\w+)|for (\w+) in|local (\w+)/g)].flatMap(
      (match) => match.slice(1).filter((name) => name !== undefined),
    );
    for (const name of set) given.add(name);
    // Variables that belong to jq and to the queries of CloudFormation.
    const used = matches(line.replaceAll(/'[^']*'/g, ''), /\$\{?([a-z_]+|\d)/g);
    expect({ line, unknown: used.filter((name) => !given.has(name)) }).toEqual({ line, unknown: [] });
  }
});

test('each event that a query searches for is logged by some code', () => {
  const source = globSync(['lib/**/*.ts', 'functions/**/*.ts'], { cwd: root })
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const events = [
    ...matches(queries, /message = "([^"]+)"/g),
    ...[...queries.matchAll(/message in \[([^\]]+)\]/g)].flatMap(([, list = '']) =>
      matches(list, /"([^"]+)"/g),
    ),
  ];
  expect(events.length).toBeGreaterThan(5);
  expect(events.filter((event) => !source.includes(`'${event}'`))).toEqual([]);
});

test('each alarm has its name in the runbook, and each name there belongs to an alarm', () => {
  const alarms = new Set(
    managedVariants.flatMap((variant) =>
      synthesise(variant)
        .ofType('AWS::CloudWatch::Alarm')
        .map(({ id }) => /Alarms(\w+?)[0-9A-F]{8}$/.exec(id)?.[1]),
    ),
  );
  const bold = matches(runbook, /\*\*((?:[A-Z][a-z]+){2,})\*\*/g);
  expect(new Set(bold)).toEqual(alarms);
});

test('each metric and route that the runbook names exists', () => {
  const ours = Object.values(metrics).map(({ name }): string => name);
  for (const name of matches(runbook, /`(OldestDueAge|Lateness|Tick(?!Schedule)\w+|Queue[A-Z]\w+)`/g))
    expect(ours).toContain(name);
  const paths = routes.map(({ path }): string => path.slice(1));
  const called = matches(commands, /\$\(output ApiUrl\)([\w/.]+)/g).map((path) =>
    path.replace(/\/\d+$/, '/{id}'),
  );
  expect(called.length).toBeGreaterThan(2);
  expect(called.filter((path) => !paths.includes(path))).toEqual([]);
});
