/** Licences that only require anyone who passes on Belfry to keep their text. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

export const allowed = {
  /** Packages in the bundles. */
  runtime: new Set(permissive),
  /** Packages that only build and test. Weak copyleft is allowed, because they are not passed on. */
  development: new Set([
    ...permissive,
    '(MIT OR CC0-1.0)',
    '(MIT OR GPL-3.0-or-later)',
    'BlueOak-1.0.0',
    'MPL-2.0',
    'Python-2.0',
    'Unlicense',
  ]),
} as const;

/** The purpose of each dependency of package.json. */
export const purposes: Readonly<Record<string, string>> = {
  '@aws-lambda-powertools/logger': 'structured logs',
  '@aws-sdk/client-scheduler': 'turns the tick off and on',
  '@aws-sdk/client-secrets-manager': 'the database login, the admin key and the data keys',
  '@aws-sdk/client-sqs': 'wake-ups',
  '@base-ui/react': 'menus, dialogs and other parts of the dashboard',
  '@middy/core': 'middleware of the API',
  '@middy/http-cors': 'CORS, where it is set',
  '@middy/http-header-normalizer': 'header names in lower case',
  '@middy/http-router': 'routes of the API',
  '@smithy/signature-v4': 'signs the login to the cache',
  '@tanstack/react-query': 'what the dashboard has read from the API',
  '@tanstack/react-router': 'addresses of the dashboard',
  'fastest-levenshtein': 'finds the field that was meant',
  ioredis: 'the queue',
  'ipaddr.js': 'reads addresses that jobs may call',
  pg: 'PostgreSQL',
  react: 'the dashboard',
  'react-dom': 'the dashboard',
  'swagger-ui-dist': 'the API reference',
  undici: 'the requests of jobs',
  uplot: 'charts of the dashboard',
  zod: 'schemas of all input',
  'zod-openapi': 'the OpenAPI document',
};
