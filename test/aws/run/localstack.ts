// Deploys the AWS stack to LocalStack 4.14, without Docker, and tests it there.
//   npm run e2e:localstack                    on a LocalStack of its own; needs Python 3.13 or newer with venv and pip
//   npm run e2e:localstack -- --if-possible   says so and ends well where that cannot be installed
//   LOCALSTACK_PORT=4566 npm run e2e:localstack                      on that port, not on a free one
//   LOCALSTACK_ENDPOINT=http://127.0.0.1:4566 npm run e2e:localstack on one that runs already, with the plug-ins of
//                                                                    test/aws/support/localstack
// Other arguments are vitest's. The suite is the one of `npm run e2e:aws`.
//
// Not by localstack-utils: its only version wraps version 2 of the AWS SDK, which has ended, and it starts Docker.
import { runE2e } from './run-e2e.ts';

await runE2e('e2e:localstack', 'localstack');
