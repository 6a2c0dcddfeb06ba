const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const SPACE = 0x20;

/**
 * Finds a name that occurs twice in one object of a JSON document. Returns undefined if there is none.
 *
 * JSON.parse silently uses the last value. Go's jsonparser, with which gateways inspect bodies, and C++'s RapidJSON use
 * the first one. So a gateway in front of Belfry could approve one `api` while Belfry stores another. Source: Bishop
 * Fox, "An Exploration of JSON Interoperability Vulnerabilities", which compares 49 parsers.
 *
 * @param json JSON that JSON.parse accepts. For other input, the result is meaningless.
 */
export function findRepeatedName(json: string): string | undefined {
  // The names of each object that is open; undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case OPEN_OBJECT:
        open.push(new Set());
        break;
      case OPEN_ARRAY:
        open.push(undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const end = endOfText(json, at);
        const names = open.at(-1);
        if (names !== undefined && isFollowedByColon(json, end)) {
          const name = nameIn(json, at, end);
          if (names.has(name)) return name;
          names.add(name);
        }
        at = end;
      }
    }
  }
  return undefined;
}

/**
 * Returns the position of the quote that ends the string at `start`. A quote after an odd number of backslashes does
 * not.
 */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    if (end === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function isFollowedByColon(json: string, end: number): boolean {
  let at = end + 1;
  // Every white space character of JSON is at most SPACE, and every other character that may follow is greater.
  while (json.charCodeAt(at) <= SPACE) at++;
  return json.charCodeAt(at) === COLON;
}

/** Returns the decoded name, because escapes allow several spellings of the same name. */
function nameIn(json: string, start: number, end: number): string {
  const raw = json.slice(start + 1, end);
  return raw.includes('\\') ? String(JSON.parse(json.slice(start, end + 1))) : raw;
}
