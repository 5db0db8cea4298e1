import { CodePointSet } from "./ranges";
import { TableReader } from "./table-reader";
import { CASES, CASES_SIZE } from "./unicode-tables";

/** No character has more than three other cases, each of which leads to the next. */
const MAX_OTHER_CASES: i32 = 3;

const reader = new TableReader();

/** Adds the other cases of all characters: those that Unicode's simple case folding takes for the same, as in RE2. */
export function foldCase(set: CodePointSet): void {
  for (let round = 0; round < MAX_OTHER_CASES; round++) {
    set.normalize();
    addNextCases(set);
  }
}

/** Adds, for each character of a normalized set that has other cases, the next of them. */
function addNextCases(set: CodePointSet): void {
  const length = set.length;
  reader.reset(CASES, CASES_SIZE);
  for (let end: u32 = 0, from = 0; !reader.atEnd && from < length;) {
    const start = end + reader.number();
    end = start + reader.number();
    const distance = reader.number();
    while (from < length && set.last(from) < start) from += 1;
    for (let i = from; i < length && set.first(i) < end; i++) {
      addNextCase(set, max(set.first(i), start), min(set.last(i), end - 1), start, distance);
    }
  }
}

/** Adds the next case of each character of a part of one range of the table, which begins with `start`. */
function addNextCase(set: CodePointSet, first: u32, last: u32, start: u32, distance: u32): void {
  const steps = (distance + 1) >> 1;
  // Pairs of neighbours: both of each pair that has one.
  if (distance == 0) set.add(first - ((first - start) & 1), last + (~(last - start) & 1));
  else if ((distance & 1) != 0) set.add(first - steps, last - steps);
  else set.add(first + steps, last + steps);
}
