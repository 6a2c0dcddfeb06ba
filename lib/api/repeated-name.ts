const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const SPACE = 0x20;

/**
 * Finds a name that stands twice in one object of a JSON text; undefined when none does.
 *
 * JSON.parse takes the last value in silence. Go's jsonparser, with which gateways look into bodies, and C++'s RapidJSON take
 * the first, so a gateway in front of Belfry could approve one `api` while Belfry stores another.
 * Source: Bishop Fox, "An Exploration of JSON Interoperability Vulnerabilities", which compares 49 parsers.
 *
 * @param json a text that JSON.parse accepts; on any other the result says nothing.
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

/** Where the quote is that ends the text which begins at `start`; one after an odd number of backslashes is part of it. */
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
  // All that JSON knows as white space is no greater, and nothing else that may follow is.
  while (json.charCodeAt(at) <= SPACE) at++;
  return json.charCodeAt(at) === COLON;
}

/** The same name may be written in many ways. */
function nameIn(json: string, start: number, end: number): string {
  const raw = json.slice(start + 1, end);
  return raw.includes('\\') ? String(JSON.parse(json.slice(start, end + 1))) : raw;
}
