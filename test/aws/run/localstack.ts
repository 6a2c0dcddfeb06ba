// Deploys the AWS stack to LocalStack 4.14 and tests it there; `npm run e2e:localstack -- --help` describes the options.
//
// It does not use localstack-utils, whose only version wraps version 2 of the AWS SDK, which is no longer maintained, and
// starts Docker.
import { runE2e } from './run-e2e.ts';

await runE2e('e2e:localstack', 'localstack', [
  'Starts a LocalStack of its own, which needs Python 3.13 or newer with venv and pip; LOCALSTACK_PORT sets its port. To use',
  'a LocalStack that runs already, with the plug-ins of test/aws/support/localstack:',
  'LOCALSTACK_ENDPOINT=http://127.0.0.1:4566 npm run e2e:localstack',
]);
