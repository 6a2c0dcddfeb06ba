export const bodyKinds = ['none', 'json', 'text'] as const;
export type BodyKind = (typeof bodyKinds)[number];

/** A body as it is typed. */
export type BodyValue = { kind: BodyKind; text: string };

export const emptyBody: BodyValue = { kind: 'none', text: '' };

/** Turns the body of a job into text to edit. */
export function toBodyValue(body: unknown): BodyValue {
  if (body === undefined || body === null) return emptyBody;
  return typeof body === 'string'
    ? { kind: 'text', text: body }
    : { kind: 'json', text: JSON.stringify(body, undefined, 2) };
}

/** Reads what was typed. Without a body the value is null. */
export function readBody({ kind, text }: BodyValue): { value?: unknown; error?: string } {
  if (kind === 'none') return { value: null };
  if (kind === 'text') return { value: text };
  try {
    const value: unknown = JSON.parse(text);
    if (hasUnsafeInteger(text))
      return { error: 'has an integer beyond 2^53, which would be rounded; send the body as text' };
    return { value };
  } catch (error) {
    return { error: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Whether JSON has an integer that a double cannot hold: the API would round it. An integer that was rounded before is kept. */
export const hasUnsafeInteger = (json: string): boolean =>
  [...json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/(?<![\d.])-?\d+(?![\d.eE])/g)].some(
    ([digits]) => digits.length > 15 && String(Number(digits)) !== digits,
  );
