import type { Execution } from './types.ts';

const ended: readonly Execution['status'][] = ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED'];

export const hasEnded = ({ status }: Pick<Execution, 'status'>): boolean => ended.includes(status);
