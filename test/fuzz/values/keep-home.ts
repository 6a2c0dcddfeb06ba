import { URL_PATTERN } from '../../../lib/api/job-url.ts';
import { farSchedules, type Home, isFarSchedule, isHome } from './known-good.ts';

type Fields = Record<string, unknown>;

const IS_URL = new RegExp(URL_PATTERN, 'u');

/**
 * Keeps all requests of jobs on this machine: workers run the fuzzer's jobs, and must not look up a generated host name. A value
 * that sets a job's URL to anything but this machine's echo gets a schedule that is years away. A value that sets a schedule
 * that may be due soon gets the echo as its URL. Each request keeps this rule, so the stored jobs do too, in any order. Valid
 * values stay valid, and invalid values stay invalid.
 *
 * @param isWhole whether a missing field makes the value invalid: true for a new job, false for a change.
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

function keepJobHome(home: Home, given: unknown, isWhole: boolean): unknown {
  if (!isFields(given)) return given;
  const job = keepReportsHome(home, given);
  const hasUrl = Object.hasOwn(job, 'api');
  const hasSchedule = Object.hasOwn(job, 'schedule');
  const isAway = hasUrl && !(typeof job['api'] === 'string' && isHome(home, job['api']));
  const isSoon = hasSchedule && !isFarSchedule(job['schedule']);
  if (isWhole && !(hasUrl && hasSchedule)) return job;
  // The URL or the schedule is not a string, or too long: the API refuses the job, so the other field does not matter.
  if (isAway && isSoon && !(isText(job['api'], 2_048) && isText(job['schedule'], 200))) return job;
  if (isAway && (isSoon || !hasSchedule)) return { ...job, ...far(job) };
  if (isSoon && !hasUrl) return { ...job, ...homeUrl(home) };
  return job;
}

/** Reports go to this machine, too. Values that are no URLs stay, because the API refuses them. */
function keepReportsHome(home: Home, job: Fields): Fields {
  const { api } = homeUrl(home);
  const away = ['onFailure', 'onRecovery'].filter((name) => {
    const url = job[name];
    return typeof url === 'string' && isText(url, 2_048) && IS_URL.test(url) && !isHome(home, url);
  });
  return away.length === 0 ? job : { ...job, ...Object.fromEntries(away.map((name) => [name, api])) };
}

/** Prepares a value for a change in one place: URL and schedule are both harmless, so either may be damaged alone. */
export function stayHomeWhateverChanges(home: Home, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => stayHomeWhateverChanges(home, item));
  if (!isFields(value)) return value;
  if (Array.isArray(value['jobs'])) return { jobs: stayHomeWhateverChanges(home, value['jobs']) };
  return { ...keepReportsHome(home, value), ...far(value), ...homeUrl(home) };
}

const homeUrl = ({ port }: Home): Fields => ({ api: `http://127.0.0.1:${port}/_local/echo` });

/** Chooses a schedule that is years away. The choice depends on the job only, so that a repeated request is the same. */
function far(job: Fields): Fields {
  const place = JSON.stringify(job).length % farSchedules.length;
  return { schedule: farSchedules[place] };
}

const isText = (value: unknown, maxLength: number): boolean =>
  typeof value === 'string' && value.length > 0 && Array.from(value).length <= maxLength;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
