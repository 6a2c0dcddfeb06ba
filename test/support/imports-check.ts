import { posix } from 'node:path';
import { isNode, nameOf, nodesOf, parseTypeScript, walk } from './syntax-tree.ts';

/** The allowed imports of a folder or a file. */
export type Allowed = { imports: readonly string[]; packages: readonly string[] | 'any' };
export type AllowedImports = Readonly<Record<string, Allowed>>;

type Source = { file: string; text: string };
type Import = { file: string; row: string; target: string; isPackage: boolean };

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The row of a file: the longest path of the table that holds it. */
function rowOf(file: string, table: AllowedImports): string | undefined {
  return Object.keys(table)
    .filter((path) => isWithin(file, path))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Lists all imports of a program, including imports of types and dynamic imports. */
function importsOf({ file, text }: Source, row: string): Import[] {
  const tree = parseTypeScript(text, file.endsWith('x') ? 'tsx' : 'ts');
  const nodes = text.includes('import(') ? walk(tree) : nodesOf(tree['body']);
  return [...nodes].flatMap((node) => {
    const specifier = isNode(node['source']) ? nameOf(node['source']) : undefined;
    if (specifier === undefined) return [];
    if (specifier.startsWith('.')) {
      return { file, row, target: posix.join(posix.dirname(file), specifier), isPackage: false };
    }
    const [name = '', part = ''] = specifier.split('/');
    const target = name.startsWith('node:') ? 'node:' : name.startsWith('@') ? `${name}/${part}` : name;
    return { file, row, target, isPackage: true };
  });
}

/** Finds imports that the table does not allow, files without a row, and entries that no file uses. */
export function checkImports(
  sources: readonly Source[],
  table: AllowedImports,
): { forbidden: string[]; unplaced: string[]; unused: string[] } {
  const placed = sources.map((source) => ({ source, row: rowOf(source.file, table) }));
  const imports = placed.flatMap(({ source, row }) => (row === undefined ? [] : importsOf(source, row)));
  const used = new Set<string>();

  const isAllowed = ({ row, target, isPackage }: Import): boolean => {
    const allowed = table[row];
    if (allowed === undefined) return false;
    if (isPackage) {
      used.add(`${row} → ${target}`);
      return allowed.packages === 'any' || allowed.packages.includes(target);
    }
    if (rowOf(target, table) === row) return true;
    const entries = allowed.imports.filter((path) => isWithin(target, path));
    for (const entry of entries) used.add(`${row} → ${entry}`);
    return entries.length > 0;
  };

  const forbidden = imports
    .filter((one) => !isAllowed(one))
    .map(({ file, row, target }) => `${file} imports ${target}, which ${row} may not`);
  const rows = new Set(placed.map(({ row }) => row));
  const unused = Object.entries(table).flatMap(([row, { imports: folders, packages }]) => [
    ...(rows.has(row) ? [] : [`${row} holds no file`]),
    ...[...folders, ...(packages === 'any' ? [] : packages)]
      .map((entry) => `${row} → ${entry}`)
      .filter((entry) => !used.has(entry))
      .map((entry) => `${entry} is allowed, and never used`),
  ]);
  const unplaced = placed.flatMap(({ source, row }) => (row === undefined ? [source.file] : []));
  return { forbidden: [...new Set(forbidden)], unplaced, unused };
}
