export type Stops = {
  add: (stop: () => Promise<void>) => void;
  /** Calls what was added, the last first, one after the other. A stop that fails does not keep the others from it. */
  run: (report: (line: string) => void) => Promise<void>;
};

export function makeStops(): Stops {
  const stops: (() => Promise<void>)[] = [];
  return {
    add: (stop) => {
      stops.push(stop);
    },
    run: async (report) => {
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
        await stop().catch((error: unknown) =>
          report(error instanceof Error ? error.message : String(error)),
        );
      }
    },
  };
}
