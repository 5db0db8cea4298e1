/** What Bookinfo's services say: reviews, their stars, a book's details, and the page that shows them. */
import type { Echo } from "../services/echo.ts";
import { page } from "./pod-page.ts";

export type AppName = "productpage" | "reviews" | "ratings" | "details";

/** Origins of services. */
export type Calls = Readonly<Partial<Record<AppName, string>>>;

/** A page, or JSON that a pod puts its name and the request beside. */
export type Answer = { html: string } | { json: Readonly<Record<string, unknown>> };

/** What an answer depends on. */
export interface Asked {
  request: Echo;
  /** Of the pod. */
  version: string;
  calls: Calls;
}

/** One reader's opinion. */
export interface Review {
  reviewer: string;
  text: string;
  /** Absent in v1. */
  rating?: { stars: number; color: string } | { error: string };
}

export interface Details {
  id: number;
  title: string;
  author: string;
  year: number;
  type: string;
  pages: number;
  language: string;
}

/** What a service that was called answered; or why it has not. */
export type Called<T> = { pod: string; said: T } | { error: string };

/** Each service's answer. */
export const SERVICES: Readonly<Record<AppName, (asked: Asked) => Answer | Promise<Answer>>> = {
  productpage: async (asked) => {
    const id = bookOf(asked.request);
    const [details, reviews] = await Promise.all([
      call<Details>(asked, "details", `/details/${id}`),
      call<{ reviews: Review[] }>(asked, "reviews", `/reviews/${id}`),
    ]);
    return { html: page({ details, reviews }) };
  },
  reviews: async (asked) => {
    const id = bookOf(asked.request);
    return { json: { id, reviews: await reviewsOf(asked, id) } };
  },
  ratings: ({ request }) => ({ json: { id: bookOf(request), ratings: STARS } }),
  details: ({ request }) => ({ json: { id: bookOf(request), ...BOOK } }),
};

const BOOK: Omit<Details, "id"> = {
  title: "The Comedy of Errors",
  author: "William Shakespeare",
  year: 1595,
  type: "paperback",
  pages: 200,
  language: "English",
};

const REVIEWS = [
  { reviewer: "Reviewer1", text: "Two pairs of twins, one town, and not a dull scene between them." },
  { reviewer: "Reviewer2", text: "Great fun to read, though not as deep as the plays that came after it." },
] as const;

const STARS: Readonly<Record<string, number>> = { Reviewer1: 5, Reviewer2: 4 };

/** The colors of the stars, by version; another version has none, and asks for none. */
const COLORS: Readonly<Record<string, string>> = { v2: "black", v3: "red" };

/** Milliseconds that a service waits for another. */
const CALL_TIMEOUT = 3_000;

/** What goes on into calls: traces, and who the user is. */
const PASSED_ON = new Set(["traceparent", "tracestate", "x-request-id", "authorization", "end-user"]);

/** The number at the end of the path; 1 where there is none. */
function bookOf({ path }: Echo): number {
  return Number(/\/(\d{1,9})\/?(?:\?|$)/.exec(path)?.[1] ?? 1);
}

async function reviewsOf(asked: Asked, id: number): Promise<Review[]> {
  const color = COLORS[asked.version];
  if (color === undefined) return [...REVIEWS];
  const ratings = await call<{ ratings: Record<string, number> }>(asked, "ratings", `/ratings/${id}`);
  return REVIEWS.map((review) => {
    if ("error" in ratings) return { ...review, rating: ratings };
    return { ...review, rating: { stars: ratings.said.ratings[review.reviewer] ?? 0, color } };
  });
}

/** Asks another service. Never rejects. */
async function call<T>({ request, calls }: Asked, service: AppName, path: string): Promise<Called<T>> {
  const unavailable = (why: string) => ({ error: `${service} is not available: ${why}` });
  const origin = calls[service];
  if (origin === undefined) return unavailable("this pod knows no address of it");
  const headers = request.headers.filter(([name]) => PASSED_ON.has(name.toLowerCase()));
  try {
    const response = await fetch(origin + path, { headers, signal: AbortSignal.timeout(CALL_TIMEOUT) });
    if (!response.ok) {
      await response.body?.cancel();
      return unavailable(`it answers ${response.status}`);
    }
    return { pod: response.headers.get("x-pod") ?? "", said: (await response.json()) as T };
  } catch (error) {
    const { cause, message } = error as Error;
    return unavailable(cause instanceof Error ? cause.message : message);
  }
}
