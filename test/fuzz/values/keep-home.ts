import { farSchedules, type Home, isFarSchedule, isHome } from './known-good.ts';

type Fields = Record<string, unknown>;

/**
 * Nothing leaves the machine: the jobs that the fuzzer makes are run by the workers, and no host name that it made up may be
 * looked up. So whatever sets a job's URL to another than the echo of this machine sets its schedule to one that is years
 * away with it, and whatever sets a schedule that may be due soon sets the URL to the echo. Each request keeps to that, so the
 * jobs it leaves do as well, in any order. What is valid stays so, and what is not.
 *
 * @param isWhole whether a field that is missing makes it invalid, as it does for a new job but not for a change.
 */
export function keepHome(home: Home, value: unknown, isWhole: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => keepJobHome(home, item, isWhole));
  if (!isFields(value)) return value;
  if (!Array.isArray(value['jobs'])) return keepJobHome(home, value, isWhole);
  const jobs = value['jobs'].map((item) => keepJobHome(home, item, isWhole));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name === 'jobs' ? jobs : each]),
  );
}

function keepJobHome(home: Home, job: unknown, isWhole: boolean): unknown {
  if (!isFields(job)) return job;
  const hasUrl = Object.hasOwn(job, 'api');
  const hasSchedule = Object.hasOwn(job, 'schedule');
  const isAway = hasUrl && !(typeof job['api'] === 'string' && isHome(home, job['api']));
  const isSoon = hasSchedule && !isFarSchedule(job['schedule']);
  if (isWhole && !(hasUrl && hasSchedule)) return job;
  // One of the two is no text, or too long a one: it is refused, and the other says nothing.
  if (isAway && isSoon && !(isText(job['api'], 2_048) && isText(job['schedule'], 200))) return job;
  if (isAway && (isSoon || !hasSchedule)) return { ...job, ...far(job) };
  if (isSoon && !hasUrl) return { ...job, ...homeUrl(home) };
  return job;
}

/** For texts that are to be changed in one place: with a URL and a schedule that are both harmless, each may go wrong alone. */
export function stayHomeWhateverChanges(home: Home, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => stayHomeWhateverChanges(home, item));
  if (!isFields(value)) return value;
  if (Array.isArray(value['jobs'])) return { jobs: stayHomeWhateverChanges(home, value['jobs']) };
  return { ...value, ...far(value), ...homeUrl(home) };
}

const homeUrl = ({ port }: Home): Fields => ({ api: `http://127.0.0.1:${port}/_local/echo` });

/** One of them, by the job, so that a request is the same whenever it is made again. */
function far(job: Fields): Fields {
  const place = JSON.stringify(job).length % farSchedules.length;
  return { schedule: farSchedules[place] };
}

const isText = (value: unknown, maxLength: number): boolean =>
  typeof value === 'string' && value.length > 0 && Array.from(value).length <= maxLength;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
