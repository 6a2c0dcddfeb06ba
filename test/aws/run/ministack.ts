// Deploys the AWS stack to an emulator and tests it there.
//   npm run e2e:aws                    on a MiniStack of its own; needs python3 (3.10 or newer) with venv and pip
//   npm run e2e:aws -- --if-possible   says so and ends well where that cannot be installed
//   AWS_ENDPOINT_URL=… DATABASE_URL=… REDIS_URL=… npm run e2e:aws     on an emulator that runs already
// Other arguments are vitest's.
import { runE2e } from './run-e2e.ts';

await runE2e('e2e:aws', 'ministack');
