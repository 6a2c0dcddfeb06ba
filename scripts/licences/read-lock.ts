import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      link: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

export type LockedPackage = {
  /** The path, such as `node_modules/pg`. */
  path: string;
  name: string;
  version: string;
  /** An SPDX expression, or `unknown`. */
  licence: string;
  hasInstallScript: boolean;
  dependencies: readonly string[];
};

/** Lists the packages of package-lock.json in the order of their paths, without the project itself and its workspaces. */
export async function readLock(root: string): Promise<LockedPackage[]> {
  const { packages } = lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path, { link = false }]) => path.includes('node_modules/') && !link)
    .map(([path, locked]) => ({
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: locked.version ?? '',
      licence: locked.license ?? 'unknown',
      hasInstallScript: locked.hasInstallScript ?? false,
      dependencies: Object.keys({ ...locked.dependencies, ...locked.optionalDependencies }),
    }));
}
