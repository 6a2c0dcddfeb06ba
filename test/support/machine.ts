import { cpus, release, totalmem } from 'node:os';
import type { Services } from './services.ts';

export type Machine = {
  cores: number;
  cpu: string;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string;
  redis: string;
};

export function describeMachine({ versions }: Services): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    postgres: versions.postgres,
    redis: versions.redis,
  };
}

export function machineText(machine: Machine): string {
  const { cores, cpu, memoryGb, system, node, postgres, redis } = machine;
  return `machine: ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}; Node ${node}, PostgreSQL ${postgres}, Redis ${redis}`;
}
