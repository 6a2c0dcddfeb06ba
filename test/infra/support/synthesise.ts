import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { buildApp } from '../../../infra/build-app.ts';

/** The stages as they come, and what options make of them: each kind of database, cache, tick and API is in one. */
export const variants: Record<string, Record<string, string>> = {
  dev: { stage: 'dev' },
  prod: { stage: 'prod' },
  'dev that idles for little': {
    stage: 'dev',
    database: 'aurora',
    cache: 'serverless',
    hibernate: 'true',
    firewall: 'true',
    tracing: 'true',
    corsOrigins: 'https://app.example.com,https://admin.example.com',
    alarmEmail: 'ops@example.com',
  },
  local: {
    stage: 'local',
    databaseUrl: 'postgresql://belfry:secret@127.0.0.1/belfry',
    redisUrl: 'redis://127.0.0.1:6379',
  },
};

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
  /** Of all stacks. */
  resources: Resource[];
  ofType: (type: string) => Resource[];
  /** The one of the type; in its stack. */
  only: (type: string) => Resource;
  outputs: string[];
  text: string;
};

/** The app with these `-c` options. Functions are not bundled. @throws Error with what cdk-nag and the CDK's rules found. */
export function synthesise(options: Record<string, string>): Synthesised {
  const key = JSON.stringify(options);
  const known = synthesised.get(key);
  if (known !== undefined) return known;
  const made = synthesiseApp((outdir) =>
    buildApp({ outdir, context: { ...options, 'aws:cdk:bundling-stacks': [] } }),
  );
  synthesised.set(key, made);
  return made;
}

/** Each takes up to two seconds, and nobody changes it. */
const synthesised = new Map<string, Synthesised>();

export function synthesiseApp(build: (outdir: string) => App): Synthesised {
  const outdir = mkdtempSync(join(tmpdir(), 'belfry-cdk-'));
  try {
    const app = build(outdir);
    const assembly = app.synth();
    const names = app.node.findAll().flatMap((node) => (Stack.isStack(node) ? [node.artifactId] : []));
    const templates = names.map((name) => templateSchema.parse(assembly.getStackArtifact(name).template));
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
      text: JSON.stringify(templates),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
