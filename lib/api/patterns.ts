/**
 * Patterns that the OpenAPI document shows. They are written without `\p{…}`: many tools compile a pattern without the flag
 * `u`, and then take it for other characters, or refuse it.
 */

/** Unicode's control characters (Cc), for a class of a regular expression. */
export const CONTROL_CHARACTERS = String.raw`\x00-\x1f\x7f-\x9f`;

export const NO_CONTROL_CHARACTERS = new RegExp(`^[^${CONTROL_CHARACTERS}]*$`);
