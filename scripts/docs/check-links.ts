import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, linksOf, spansOf } from './read-page.ts';

export type Fault = { page: string; line: number; problem: string };

/** Folders and files of the repository's root that a code span may begin with. */
export const ROOTS = /^(?:\.ci|bench|docs|functions|infra|lib|local|packages|scripts|test|web)\//;
/** The file types that a path in a code span may have. Other spans are patterns, commands or parts of a URL. */
const PATH = /^[\w./@-]+$/;

/** Finds relative links to a file or a heading that does not exist. */
export function checkLinks(root: string, page: string, text: string): Fault[] {
  return linksOf(text).flatMap(({ line, target }) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, file))) return [{ page, line, problem: `${target}: there is no ${file}` }];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    const anchors = anchorsOf(readFileSync(join(root, file), 'utf8'));
    return anchors.includes(anchor)
      ? []
      : [{ page, line, problem: `${target}: ${file} has no such heading` }];
  });
}

/** Finds code spans that look like a path of the repository that does not exist. */
export function checkPaths(root: string, page: string, text: string): Fault[] {
  return spansOf(text)
    .filter(({ text: span }) => ROOTS.test(span) && PATH.test(span))
    .filter(({ text: span }) => !existsSync(join(root, span)))
    .map(({ line, text: span }) => ({ page, line, problem: `there is no ${span}` }));
}
