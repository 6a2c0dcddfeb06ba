import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEnvironment } from '../environment/instrumented-processes.ts';
import { poll } from '../../support/waiting.ts';
import { signal } from '../../support/process-signals.ts';
import type { World } from '../world.ts';
import type { Kills } from './kills.ts';
import type { ClockFault, Fault } from './plan.ts';
import { endConnections, fillConnections, refuseWrites } from './postgres.ts';

/** Injects a fault. Resolves with a description, or with undefined when the fault could not be injected. */
export type Inject = (fault: Fault) => Promise<string | undefined>;

const WAKE_UP_WAIT_MS = 15_000;

/** Returns a function that injects a fault and resolves when the fault is over. */
export function makeInject(options: {
  world: World;
  kills: Kills;
  /** Invokes the worker of an older version; undefined when there is no older version. */
  oldWorker: Parameters<World['divert']>[0];
}): Inject {
  const { world, kills, oldWorker } = options;
  const { services, functions, ticks, wakeUps } = world;
  const { postgres, redis, sqs } = services;

  const whileFrozen = async (server: typeof postgres, forMs: number): Promise<string> => {
    server.freeze();
    try {
      await sleep(forMs);
    } finally {
      server.thaw();
    }
    return `for ${forMs} ms`;
  };

  /** Copies the data of Redis for the next failover, which then loses everything written since. */
  const copied = async (detail: string): Promise<string> => {
    await redis.copyData();
    return detail;
  };

  const stepClock = async (fault: ClockFault): Promise<string | undefined> => {
    const environment = liveOne(fault);
    if (environment === undefined) return undefined;
    environment.stepClock(fault.offsetMs);
    await sleep(fault.forMs);
    environment.stepClock(0);
    return `${environment.name} by ${fault.offsetMs} ms, for ${fault.forMs} ms`;
  };

  const liveOne = ({ function: name, place }: ClockFault): LiveEnvironment | undefined => {
    const live = functions.live(name);
    return live[Math.floor(place * live.length)];
  };

  /** Kills one environment, so that another replaces it on a host whose clock is wrong and stays wrong. */
  const startWrong = async (fault: ClockFault): Promise<string | undefined> => {
    const { function: name, offsetMs } = fault;
    const before = new Set(functions.live(name).map(({ pid }) => pid));
    functions.startWith(name, offsetMs);
    const environment = liveOne(fault);
    if (environment !== undefined) signal(environment.pid, 'SIGKILL');
    const started = await poll(
      () => functions.live(name).find((live) => !before.has(live.pid) && live.clockOffsetMs === offsetMs),
      { timeoutMs: START_WAIT_MS, everyMs: 20 },
    );
    functions.startWith(name, 0);
    return started === undefined ? undefined : `${started.name} by ${offsetMs} ms`;
  };

  return async (fault) => {
    switch (fault.kind) {
      case 'environment killed':
        return kills.killOnce();
      case 'postgresql killed':
        await postgres.restart();
        return 'and started again';
      case 'postgresql frozen':
        return whileFrozen(postgres, fault.forMs);
      case 'postgresql connections ended':
        await endConnections(postgres);
        return 'all';
      case 'postgresql connections filled':
        await fillConnections(postgres, fault.forMs);
        return `for ${fault.forMs} ms`;
      case 'postgresql refused writes':
        await refuseWrites(postgres, fault.forMs);
        return `for ${fault.forMs} ms`;
      case 'redis flushed':
        await redis.flush();
        return copied('all keys');
      case 'redis killed':
        await redis.restart();
        return copied('and started again');
      case 'redis frozen':
        return copied(await whileFrozen(redis, fault.forMs));
      case 'redis paused':
        await redis.pause(fault.forMs);
        return `for ${fault.forMs} ms`;
      case 'redis failed over to an older copy':
        return copied(`of ${await redis.failOver()} ms before`);
      case 'sqs down':
        await sqs.proxy.cut();
        await sleep(fault.forMs);
        await sqs.proxy.restore();
        return `for ${fault.forMs} ms`;
      case 'sqs silent':
        sqs.proxy.silence();
        await sleep(fault.forMs);
        await sqs.proxy.restore();
        return `for ${fault.forMs} ms`;
      case 'wake-ups lost':
      case 'wake-ups doubled':
      case 'wake-ups delayed':
      case 'wake-ups reordered':
        return (await wakeUps.harm(fault.fault, WAKE_UP_WAIT_MS)) ? 'one batch' : undefined;
      case 'two ticks at once':
      case 'three ticks at once':
      case 'tick skipped':
        ticks.planNext(fault.count);
        return 'the next';
      case 'clock stepped forward':
      case 'clock stepped back':
        return stepClock(fault);
      case 'clock wrong from the start':
        return startWrong(fault);
      case 'old worker next to the new':
        if (oldWorker === undefined) return undefined;
        world.divert(oldWorker);
        await sleep(fault.forMs);
        world.divert(undefined);
        return `for ${fault.forMs} ms`;
    }
  };
}

const START_WAIT_MS = 5_000;
