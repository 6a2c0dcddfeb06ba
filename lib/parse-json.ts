/** Parses JSON. Returns undefined for a string that is not JSON, so that a schema refuses it without quoting it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
