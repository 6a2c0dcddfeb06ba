import { pagePaths } from './topology.ts';

/** The path of a page, split into the prefix under which this host serves Belfry, and the path after it. */
export type PagePath = { prefix: string; path: string };

const own = pagePaths
  .map((path) => path.replaceAll('.', '\\.').replace('/{proxy+}', '/.+'))
  .map((path) => (path === '/' ? path : `${path}/?`))
  .join('|');
const PAGE = new RegExp(`^(?:${own})$`, 's');
/** A prefix is the stage of API Gateway, or the base path of a custom domain. */
const PREFIX = '(?:/[\\w.~-]+)*?';
const PREFIXED = new RegExp(`^(?<prefix>${PREFIX})(?<path>${own})$`, 's');
const ROOT = new RegExp(`^(?<prefix>${PREFIX})/?$`);

/** Returns true for the path of a page, without a prefix. */
export const isPagePath = (path: string): boolean => PAGE.test(path);

/**
 * Splits the path of a request.
 *
 * @param path the path as the caller sent it, with the stage. @param stage the name of the stage.
 */
export function splitPagePath(path: string, stage: string): PagePath | undefined {
  const inStage = `/${stage}`;
  // The name of a stage may be the name of a page.
  if (path === inStage) return { prefix: inStage, path: '/' };
  if (path.startsWith(`${inStage}/`) && isPagePath(path.slice(inStage.length)))
    return { prefix: inStage, path: path.slice(inStage.length) };
  const { prefix, path: rest } = PREFIXED.exec(path)?.groups ?? {};
  return prefix === undefined || rest === undefined ? undefined : { prefix, path: rest };
}

/** Does the same for a path that the gateway has found to be its root: `/v1` or `/v1/`. */
export function atRoot(path: string): PagePath | undefined {
  const prefix = ROOT.exec(path)?.groups?.['prefix'];
  return prefix === undefined ? undefined : { prefix, path: '/' };
}
