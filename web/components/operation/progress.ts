/** How far an action over many jobs has come. */
export type Progress = {
  state: 'RUNNING' | 'DONE' | 'ABORTED';
  total: number;
  done: number;
  skipped: number;
  failures: { name: string; message: string }[];
  /** Why the progress is not known, or the action goes on although it was to end. */
  problems: { title: string; error: Error }[];
};
