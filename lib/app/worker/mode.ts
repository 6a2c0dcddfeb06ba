/**
 * What a run is at. It begins `working` and leaves that once:
 *
 * - `working`  takes work, claims it and sends it.
 * - `closing`  something did not fit in before the function's deadline. Other workers have the time for it.
 * - `stopping` the environment is to end.
 * - `failed`   an activity failed in a way that trying again does not mend.
 *
 * In the last three it takes and claims nothing more: it gives back what it holds, wakes another worker for that, waits for
 * the requests that are out, records them, and ends. So what others can do never waits for this run's slowest request.
 */
export type Mode = 'working' | 'closing' | 'stopping' | 'failed';

export type RunMode = {
  is: () => Mode;
  isWorking: () => boolean;
  /** Leaves `working`, or turns `closing` or `stopping` into `failed`. Any other change does nothing: the first counts. */
  leave: (mode: Exclude<Mode, 'working'>, error?: unknown) => void;
  /** What made it fail; undefined unless it is `failed`. */
  failure: () => unknown;
};

export function makeRunMode(onChange: () => void): RunMode {
  let mode: Mode = 'working';
  let failure: unknown;
  return {
    is: () => mode,
    isWorking: () => mode === 'working',
    leave: (next, error) => {
      if (mode !== 'working' && (next !== 'failed' || mode === 'failed')) return;
      mode = next;
      failure = error;
      onChange();
    },
    failure: () => failure,
  };
}
