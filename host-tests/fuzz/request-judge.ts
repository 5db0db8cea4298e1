/** Says whether a request that passed as one with a valid token holds such a token, wherever it may be. */
import type { FuzzRequest } from "./requests.ts";
import { judgeToken, type JudgedKey, type JudgedRule } from "./judge.ts";

const COMPACT_JWS = /[\w-]+\.[\w-]+\.[\w-]+/g;

/** Whether the request holds a valid token with this payload (the middle part of the compact form). */
export async function holdsToken(
  { init, tokens }: FuzzRequest,
  payload: string,
  keys: readonly JudgedKey[],
  rule: JudgedRule,
  now: number,
): Promise<boolean> {
  const texts = [init.path, unescaped(init.path), ...init.headers.map(([, value]) => value)];
  const placed = tokens.filter((token) => texts.some((text) => text.includes(token)));
  const found = texts.flatMap((text) => text.match(COMPACT_JWS) ?? []);
  for (const token of new Set([...placed, ...found])) {
    if (token.split(".")[1] === payload && (await judgeToken(token, keys, rule, now)) !== undefined) return true;
  }
  return false;
}

function unescaped(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
