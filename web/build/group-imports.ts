import { globSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * The files that are loaded together, when one of them is. Without groups, each set of screens that share a component makes a
 * file of a few hundred bytes, and a page asks for thirty of them. Every other file that is imported on demand is by itself.
 */
const groups: Readonly<Record<string, readonly string[]>> = {
  everyday: ['screens/{overview,jobs,executions,execution,failures,failure}/*-screen.tsx'],
  administration: ['screens/{activity,keys,calendar,groups}/*-screen.tsx'],
  job: ['screens/{job,job-form}/*-screen.tsx'],
  dialogs: ['{components,screens}/**/*-dialog.tsx', 'app/keyboard/{palette,help}.tsx'],
};

const NAMESPACE = 'group';

/** The name of the group that most visits begin with, as esbuild has it. */
export const FIRST_GROUP = `${NAMESPACE}:everyday`;

/** Makes an import on demand of one file of a group an import of the whole group. */
export function groupImports(web: string): Plugin {
  const members = new Map<string, string[]>();
  const groupOf = new Map<string, string>();
  for (const [name, patterns] of Object.entries(groups)) {
    const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: web })).sort();
    members.set(name, files);
    for (const file of files) groupOf.set(file.split(sep).join('/'), name);
  }
  return {
    name: 'group-imports',
    setup: (build) => {
      build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const name = groupOf.get(relative(web, join(resolveDir, path)).split(sep).join('/'));
        return name === undefined ? undefined : { path: name, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: (members.get(path) ?? [])
          .map((file) => `export * from './${posix.normalize(file.split(sep).join('/'))}';`)
          .join('\n'),
        resolveDir: web,
        loader: 'ts',
      }));
    },
  };
}
