import { describe, expect, test } from 'vitest';
import { parseCurl } from '../../../../../../web/screens/job-form/curl/parse-curl.ts';

describe('a curl command', () => {
  test('a command as people write it fills method, URL, headers and body', () => {
    const text = String.raw`curl -sS -X PUT 'https://example.com/hook?a=1' \
      -H 'Content-Type: application/json' -H "X-Tag: it's \"me\"" \
      -d '{"a": [1, 2]}'`;
    expect(parseCurl(text)).toEqual({
      method: 'PUT',
      url: 'https://example.com/hook?a=1',
      headers: [
        { name: 'Content-Type', value: 'application/json' },
        { name: 'X-Tag', value: `it's "me"` },
      ],
      body: { kind: 'json', text: '{"a": [1, 2]}' },
      timeoutMs: undefined,
      notTaken: [],
    });
  });

  test('a command without data is a GET, and one with data a POST of a form', () => {
    expect(parseCurl('curl example.com')).toMatchObject({ method: 'GET', url: 'http://example.com' });
    expect(parseCurl('curl https://example.com -d a=1 --data-urlencode "b=x y"')).toMatchObject({
      method: 'POST',
      headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
      body: { kind: 'text', text: 'a=1&b=x%20y' },
    });
  });

  test('--json sends JSON and asks for it', () => {
    expect(parseCurl(`curl --json '{"a":1}' https://example.com`)).toMatchObject({
      method: 'POST',
      headers: [
        { name: 'Content-Type', value: 'application/json' },
        { name: 'Accept', value: 'application/json' },
      ],
      body: { kind: 'json', text: '{"a":1}' },
    });
  });

  test('-u becomes an Authorization header, in UTF-8', () => {
    expect(parseCurl('curl -u ann:pässword https://example.com').headers).toEqual([
      { name: 'Authorization', value: `Basic ${Buffer.from('ann:pässword').toString('base64')}` },
    ]);
  });

  test('-G puts the data into the URL, and -I is a HEAD', () => {
    expect(parseCurl('curl -G https://example.com/?x=1 -d a=1').url).toBe('https://example.com/?x=1&a=1');
    expect(parseCurl('curl -I https://example.com').method).toBe('HEAD');
  });

  test('options that no job has are named, with their values, and nothing else is lost', () => {
    const read = parseCurl('$ curl -kL --retry 3 -o out.txt -m 5 https://example.com');
    expect(read.notTaken).toEqual(['-k', '-L', '--retry 3', '-o out.txt']);
    expect(read).toMatchObject({ timeoutMs: 5_000, url: 'https://example.com', method: 'GET' });
  });

  test.each([
    ['-d @body.json', '-d @body.json reads a file'],
    ['--json @body.json', '--json @body.json reads a file'],
    ['--data-urlencode text@body.txt', '--data-urlencode @body.txt reads a file'],
    ['-F file=@a.png', '-F file=@a.png sends files or parts of a form'],
    ['-T a.png', '-T a.png sends files'],
  ])('a body that the page does not have is refused: %s', (option, message) => {
    expect(() => parseCurl(`curl ${option} https://example.com`)).toThrow(message);
  });

  test('integers beyond 2^53 keep their digits: the body stays text', () => {
    const text = '{"id": 12345678901234567890}';
    expect(parseCurl(`curl --json '${text}' https://example.com`).body).toEqual({ kind: 'text', text });
  });

  test('quotes of the shell are read as a shell reads them', () => {
    const text = String.raw`curl $'https://example.com/\'' -XPOST -d"a=\$b" --url-query x`;
    expect(parseCurl(text)).toMatchObject({
      url: "https://example.com/'",
      body: { text: 'a=$b' },
      notTaken: ['--url-query x'],
    });
  });

  test.each([
    ['wget https://example.com', 'must begin with curl'],
    ['curl -X POST', 'has no URL'],
    [`curl 'https://example.com`, 'single quote is not closed'],
  ])('the text %s is refused', (text, message) => {
    expect(() => parseCurl(text)).toThrow(message);
  });
});
