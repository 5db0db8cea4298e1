/** The order of measurements. */

/**
 * The order of a round. Each begins with another item, so that what slowly changes on a machine (its heat, its
 * neighbours) falls on all of them alike.
 */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const start = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
