/**
 * The state of a run. It begins as `working`, and leaves that state once:
 *
 * - `working`  takes, claims and sends.
 * - `closing`  an execution did not fit in before the function's deadline. Other workers have time for it.
 * - `stopping` the environment shuts down.
 * - `failed`   an activity failed, and another try would not help.
 *
 * Outside of `working` the run takes and claims nothing. It gives back the executions that it holds, wakes another worker for
 * them, waits for its open requests, records them, and ends. So other workers need not wait for this run's slowest request.
 */
export type Mode = 'working' | 'closing' | 'stopping' | 'failed';

export type RunMode = {
  is: () => Mode;
  isWorking: () => boolean;
  /** Leaves `working`, or turns `closing` or `stopping` into `failed`. Any other change has no effect. */
  leave: (mode: Exclude<Mode, 'working'>, error?: unknown) => void;
  /** The error of a `failed` run, otherwise undefined. */
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
