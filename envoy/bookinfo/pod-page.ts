/** The page of Bookinfo's productpage. */
import type { Called, Details, Review } from "./pod-services.ts";

/** What the page shows. */
interface Shown {
  details: Called<Details>;
  reviews: Called<{ reviews: Review[] }>;
}

/** The page, with the pods that said what is on it. */
export function page({ details, reviews }: Shown): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Bookinfo</title>
<style>body { font-family: sans-serif; max-width: 40rem; margin: 2rem auto } .red { color: #c00 } small { color: #666 }</style>
${section("Book", details, ({ title, author, year, type, pages, language }) => {
  return `<h1>${escaped(title)}</h1>\n<p>${escaped(`${author}, ${year}; ${type}, ${pages} pages, ${language}`)}</p>`;
})}
${section("Reviews", reviews, (said) => said.reviews.map(reviewLine).join("\n"))}
</html>
`;
}

function section<T>(title: string, called: Called<T>, show: (said: T) => string): string {
  if ("error" in called) return `<h2>${title}</h2>\n<p>${escaped(called.error)}</p>`;
  return `<h2>${title} <small>from ${escaped(called.pod)}</small></h2>\n${show(called.said)}`;
}

function reviewLine({ reviewer, text, rating }: Review): string {
  return `<blockquote><p>${escaped(text)}</p><footer>${escaped(reviewer)}${ratingText(rating)}</footer></blockquote>`;
}

function ratingText(rating: Review["rating"]): string {
  if (rating === undefined) return "";
  if ("error" in rating) return `: ${escaped(rating.error)}`;
  return `: <span class="${escaped(rating.color)}">${"★".repeat(rating.stars)}</span>`;
}

/** Text as HTML shows it: what comes from other services is not ours. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
