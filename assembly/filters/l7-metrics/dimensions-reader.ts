import { isHeaderName } from "../../http/header";
import { readClaimPath } from "../../matching/claim-path-reader";
import { NameTable } from "../../matching/name-table";
import { RequestFacts } from "../../matching/request-facts";
import { Bytes, ConfigObject } from "../../sdk";
import { L7MetricsConfig } from "./config";
import { EndText } from "./end-text";
import { Label } from "./label";
import { checkLabelName } from "./label-name";
import { ClaimLabel, HeaderLabel, TextLabel } from "./labels";
import { MetricKind } from "./metric-kind";

const MAX_DIMENSIONS = 16;
const MAX_VALUES = 100;

const SOURCES = ["lane", "route", "authz", "header", "claim"];

/** Reads `dimensions`: labels by name, and where their values come from. */
export function readDimensions(object: ConfigObject, facts: RequestFacts, config: L7MetricsConfig): void {
  const dimensions = object.object("dimensions");
  if (dimensions === null) return;
  const names = dimensions.names();
  if (names.length > MAX_DIMENSIONS)
    object.problem("dimensions", "must not have more than " + MAX_DIMENSIONS.toString() + " entries");
  for (let i = 0; i < names.length; i++) {
    const name = unchecked(names[i]);
    const dimension = dimensions.object(name);
    if (dimension === null) {
      if (!dimensions.has(name)) dimensions.problem(name, "must be an object");
      continue;
    }
    checkName(dimensions, name, dimension, config);
    const label = readLabel(name, dimension, facts, config);
    if (label !== null) config.setLabel(label);
  }
}

function checkName(dimensions: ConfigObject, name: string, dimension: ConfigObject, config: L7MetricsConfig): void {
  const labels = config.names.of(MetricKind.RequestCount);
  if (!checkLabelName(dimensions, name, labels)) return;
  if (labels.has(name)) dimensions.problem(name, "is a label already");
  else if (!config.names.takesAnyLabel && (name != "lane" || !dimension.has("lane")))
    dimensions.problem(name, 'labels BUILTIN has no place for it, only for lane: {"lane": {}}; use labels TAGGED');
}

function readLabel(name: string, dimension: ConfigObject, facts: RequestFacts, config: L7MetricsConfig): Label | null {
  const source = dimension.only(SOURCES);
  if (source === null) return null;
  if (source == "header") return readHeader(name, dimension, facts, config);
  if (source == "claim") return readClaim(name, dimension, facts, config);
  dimension.object(source);
  const text = source == "lane" ? EndText.Lane : source == "route" ? EndText.Route : EndText.AuthzDecision;
  return new TextLabel(name, config.end, text);
}

function readHeader(name: string, dimension: ConfigObject, facts: RequestFacts, config: L7MetricsConfig): Label {
  const header = dimension.requiredString("header");
  if (header.length > 0 && !isHeaderName(Bytes.of(header))) dimension.problem("header", "is not the name of a header");
  config.needsRequest = true;
  return new HeaderLabel(name, readValues(dimension), facts, facts.headers.add(header));
}

function readClaim(name: string, dimension: ConfigObject, facts: RequestFacts, config: L7MetricsConfig): Label | null {
  const path = readClaimPath(dimension);
  if (path === null) return null;
  config.needsRequest = true;
  config.needsClaims = true;
  return new ClaimLabel(name, readValues(dimension), facts, facts.claims.add(path));
}

/** Null: any value. */
function readValues(dimension: ConfigObject): NameTable | null {
  if (!dimension.has("values")) return null;
  const texts = dimension.strings("values");
  if (texts.length == 0) dimension.problem("values", "must not be empty: leave it out");
  if (texts.length > MAX_VALUES)
    dimension.problem("values", "must not have more than " + MAX_VALUES.toString() + " entries");
  const values = new NameTable();
  for (let i = 0; i < texts.length; i++) values.add(Bytes.of(unchecked(texts[i])));
  return values;
}
