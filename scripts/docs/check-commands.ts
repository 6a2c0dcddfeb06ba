import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Fault, ROOTS } from './check-links.ts';
import { blocksOf } from './read-page.ts';

export type NpmCommand = { page: string; line: number; script: string; flags: string[] };

/** `npm start`, `npm test` and `npm run SCRIPT`, with the arguments after `--` up to the end of the command. */
const NPM = /\bnpm (?:run (?:--silent )?(?<run>[\w:-]+\*?)|(?<own>start|test)\b)(?<args> -- [^\n`|#]*)?/g;

/** Lists the uses of scripts of package.json on a page. */
export function npmCommandsOf(page: string, text: string): NpmCommand[] {
  return [...text.matchAll(NPM)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    script: match.groups?.['run'] ?? match.groups?.['own'] ?? '',
    flags: [...(match.groups?.['args'] ?? '').matchAll(/ (--[a-z][a-zA-Z-]*)/g)].map(([, flag = '']) => flag),
  }));
}

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

/** Reads the scripts of package.json. */
export function readScripts(root: string): Record<string, string> {
  return packageSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).scripts;
}

/**
 * Finds commands without a script in package.json, and commands with an option that the script does not know.
 *
 * @param helpOf the help of a script, by `-- --help`; undefined for a script that has none.
 */
export function checkNpmCommands(
  root: string,
  commands: readonly NpmCommand[],
  helpOf: (script: string) => string | undefined,
): Fault[] {
  const scripts = readScripts(root);
  const isKnown = (name: string): boolean =>
    name.endsWith('*')
      ? Object.keys(scripts).some((script) => script.startsWith(name.slice(0, -1)))
      : Object.hasOwn(scripts, name);
  return commands.flatMap(({ page, line, script, flags }) => {
    if (!isKnown(script)) return [{ page, line, problem: `there is no npm script ${script}` }];
    const known = helpOf(script) ?? sourceOf(root, scripts[script] ?? '');
    if (known === undefined) return [];
    return flags
      .filter((flag) => !known.includes(flag) && !known.includes(`${flag.slice(2)}: {`))
      .map((flag) => ({ page, line, problem: `npm run ${script} does not know ${flag}` }));
  });
}

/** Returns the source of the program that a script runs; undefined for the program of a package, such as oxfmt. */
function sourceOf(root: string, script: string): string | undefined {
  const [, file] = /scripts\/run\.mjs ((?!node_modules)\S+\.ts)/.exec(script) ?? [];
  return file === undefined ? undefined : readFileSync(join(root, file), 'utf8');
}

/** Finds paths of the repository in shell blocks that do not exist. */
export function checkBlockPaths(root: string, page: string, text: string): Fault[] {
  return blocksOf(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ line, text: block }) =>
      block
        .split(/\s+/)
        .filter((word) => ROOTS.test(word) && /^[\w./@-]+$/.test(word) && !existsSync(join(root, word)))
        .map((word) => ({ page, line, problem: `there is no ${word}` })),
    );
}
