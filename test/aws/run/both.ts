// Tests the AWS stack on MiniStack and on LocalStack at the same time; `npm run e2e -- --help` describes the options.
import { runBothE2e } from './run-both-e2e.ts';

await runBothE2e();
