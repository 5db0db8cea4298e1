/** How many letters a misspelt word may differ from the one that was meant. */
const MAX_DISTANCE = 3;

/** The word that `text` most likely stands for; null when none is near. */
export function nearest(text: string, words: string[]): string | null {
  let best: string | null = null;
  let bestDistance = MAX_DISTANCE + 1;
  for (let i = 0; i < words.length; i++) {
    const word = unchecked(words[i]);
    const distance = editDistance(text.toLowerCase(), word.toLowerCase());
    // Half of a short word replaced makes another word, not a misspelt one.
    if (distance < bestDistance && distance * 2 < word.length) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters to insert, remove or replace to make one out of the other (Levenshtein). */
function editDistance(from: string, to: string): i32 {
  let previous = new StaticArray<i32>(to.length + 1);
  let current = new StaticArray<i32>(to.length + 1);
  for (let j = 0; j <= to.length; j++) unchecked((previous[j] = j));
  for (let i = 0; i < from.length; i++) {
    unchecked((current[0] = i + 1));
    for (let j = 0; j < to.length; j++) {
      const replaced = unchecked(previous[j]) + (from.charCodeAt(i) == to.charCodeAt(j) ? 0 : 1);
      unchecked((current[j + 1] = min(replaced, min(unchecked(previous[j + 1]), unchecked(current[j])) + 1)));
    }
    const done = previous;
    previous = current;
    current = done;
  }
  return unchecked(previous[to.length]);
}
