/** The configurations of the schemas' corpora, by filter: good ones, bad ones, those that only a module knows to be bad. */
import type { FilterName } from "../../cli/waypost/validate/filters.ts";
import type { Configurations, ReaderRule } from "../schema/agreement.ts";
import * as authz from "../schema/authz-corpus.ts";
import * as headerRouter from "../schema/header-router-corpus.ts";
import * as jwtAuth from "../schema/jwt-auth-corpus.ts";
import * as l7Metrics from "../schema/l7-metrics-corpus.ts";
import * as split from "../schema/split-corpus.ts";

interface Corpus {
  GOOD: Configurations;
  BAD: Configurations;
  READER_ONLY: readonly ReaderRule[];
}

const CORPORA: readonly [FilterName, Corpus][] = [
  ["jwt-auth", jwtAuth],
  ["authz", authz],
  ["header-router", headerRouter],
  ["header-router", split],
  ["l7-metrics", l7Metrics],
];

export interface Case {
  filter: FilterName;
  name: string;
  config: unknown;
  isGood: boolean;
}

/** Every configuration of every corpus. */
export const CASES: readonly Case[] = CORPORA.flatMap(([filter, { GOOD, BAD, READER_ONLY }]) => {
  const casesOf = (configs: Configurations, isGood: boolean) =>
    Object.entries(configs).map(([name, config]): Case => ({ filter, name, config, isGood }));
  const bad = [BAD, ...READER_ONLY.map(({ cases }) => cases)];
  return [...casesOf(GOOD, true), ...bad.flatMap((configs) => casesOf(configs, false))];
});
