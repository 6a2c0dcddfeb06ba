export type Stops = {
  add: (stop: () => Promise<void>) => void;
  /** Calls the added functions one after the other, the last one first. A failing function does not prevent the others. */
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
