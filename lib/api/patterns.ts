/**
 * Patterns in the OpenAPI document. They do not use `\p{…}`, because many tools compile a pattern without the flag `u`,
 * and then refuse it or match other characters.
 */

/** The control characters of Unicode (Cc), for a character class of a regular expression. */
export const CONTROL_CHARACTERS = String.raw`\x00-\x1f\x7f-\x9f`;

export const NO_NUL = new RegExp(String.raw`^[^\x00]*$`);

export const NO_CONTROL_CHARACTERS = new RegExp(`^[^${CONTROL_CHARACTERS}]*$`);
