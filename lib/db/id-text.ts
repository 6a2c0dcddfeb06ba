/** Reads ids that PostgreSQL has joined by commas. */
export const idsIn = (text: string): number[] => text.split(',').map(Number);
