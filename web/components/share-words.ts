/** A share from 0 to 1, such as `12.5 %`. A share above 0 never shows as none, and one below 1 never as all. */
export function shareWords(share: number): string {
  const tenths = share > 0.5 ? Math.floor(share * 1_000) : Math.ceil(share * 1_000);
  return `${tenths / 10} %`;
}
