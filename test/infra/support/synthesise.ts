import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { buildApp } from '../../../infra/build-app.ts';
import { type VariantName, variants, withoutBundles } from './variants.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).default([]),
  DeletionPolicy: z.string().optional(),
});

export type Resource = z.infer<typeof resourceSchema> & { id: string };

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

export type Synthesised = {
  /** The resources of all stacks. */
  resources: Resource[];
  ofType: (type: string) => Resource[];
  /** The only resource of the type, with its stack. */
  only: (type: string) => Resource;
  outputs: string[];
  /** The stack with the network, the database and the cache. */
  dataOutputs: string[];
  text: string;
};

/**
 * A variant, or the app with these `-c` options. Each is made once for all the tests of a worker; no test may change it.
 *
 * @throws Error with the findings of cdk-nag and of the CDK's rules.
 */
export function synthesise(what: VariantName | Record<string, string>): Synthesised {
  const key = JSON.stringify(what);
  const known = synthesised.get(key);
  if (known !== undefined) return known;
  const made = synthesiseApp((outdir) =>
    typeof what === 'string'
      ? variants[what](outdir)
      : buildApp({ outdir, context: { ...what, ...withoutBundles } }),
  );
  synthesised.set(key, made);
  return made;
}

const synthesised = new Map<string, Synthesised>();

export function synthesiseApp(build: (outdir: string) => App): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'belfry-cdk-'));
  try {
    const app = build(outdir);
    const assembly = app.synth();
    const names = app.node.findAll().flatMap((node) => (Stack.isStack(node) ? [node.artifactId] : []));
    const templateOf = (name: string) => templateSchema.parse(assembly.getStackArtifact(name).template);
    const templates = names.map(templateOf);
    const resources = templates.flatMap(({ Resources }) =>
      Object.entries(Resources).map(([id, resource]) => ({ id, ...resource })),
    );
    const ofType = (type: string) => resources.filter((resource) => resource.Type === type);
    return {
      resources,
      ofType,
      only: (type) => {
        const [found, ...others] = ofType(type);
        if (found === undefined || others.length > 0)
          throw new Error(`${others.length + (found ? 1 : 0)} resources of type ${type}`);
        return found;
      },
      outputs: templates.flatMap(({ Outputs }) => Object.keys(Outputs)),
      dataOutputs: names
        .filter((name) => name.endsWith('-data'))
        .flatMap((name) => Object.keys(templateOf(name).Outputs)),
      text: JSON.stringify(templates),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
