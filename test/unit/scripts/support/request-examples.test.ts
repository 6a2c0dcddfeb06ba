import { expect, test } from 'vitest';
import { findExamples, writeExamples } from '../../../../scripts/support/request-examples.ts';

const paths = ['/api/v1/jobs/{id}', '/api/v1/jobs', '/api/v1/jobs/batch'];
const page = `
\`\`\`sh
curl -s http://127.0.0.1:8080/api/v1/jobs -H "X-API-Key: $KEY" -H 'Content-Type: application/json' -d '{
  "schedule": "@daily", "api": "https://example.com/"
}'
curl -s "$URL/api/v1/jobs?limit=1" -H "X-API-Key: $KEY"
curl -X PATCH "$URL/api/v1/jobs/7" -d '{"isActive": false}'
curl "$URL/api/v1/jobs/batch" --json '{"jobs": []}'
\`\`\``;

test('requests with a body are found in a page, with their operation', () => {
  const found = findExamples('README.md', page, paths);
  expect(found.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
    ['post', '/api/v1/jobs', { schedule: '@daily', api: 'https://example.com/' }],
    ['patch', '/api/v1/jobs/{id}', { isActive: false }],
    ['post', '/api/v1/jobs/batch', { jobs: [] }],
  ]);
  expect(writeExamples(found)).toContain(
    `export const example1: BodyOf<'/api/v1/jobs/{id}', 'patch'> = {"isActive": false};`,
  );
});

test('a request to a path that does not exist is an error', () => {
  expect(() => findExamples('README.md', "curl http://a/api/v1/job -d '{}'", paths)).toThrow(
    'README.md: curl calls /api/v1/job',
  );
});
