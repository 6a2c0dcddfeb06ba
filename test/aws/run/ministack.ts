// Deploys the AWS stack to MiniStack and tests it there; `npm run e2e:aws -- --help` describes the options.
import { runE2e } from './run-e2e.ts';

await runE2e('e2e:aws', 'ministack', [
  'Starts a MiniStack of its own, which needs Python 3.10 or newer with venv and pip. To use an emulator that runs already:',
  'AWS_ENDPOINT_URL=… DATABASE_URL=… REDIS_URL=… npm run e2e:aws',
]);
