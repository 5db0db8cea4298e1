import { Bytes, ConfigObject } from "../../sdk";
import * as ascii from "../../text/ascii";
import { readHeaders } from "./header-operations-reader";
import { Lane } from "./lane";
import { LaneRamp } from "./lane-ramp";
import { LaneSet } from "./lane-set";
import { RouterScope } from "./router-scope";

/** Each costs a hash and a logarithm for each request. */
const MAX_LANES = 64;

const MAX_NAME_LENGTH = 63;
const LEAST_WEIGHT: f64 = 0.000_001;
const MOST_WEIGHT: f64 = 1_000_000;

const SECOND: i64 = 1_000;
const YEAR: i64 = 8_760 * 3_600_000;

/** Reads the field `lanes` of a split. */
export function readLanes(split: ConfigObject, scope: RouterScope): Lane[] {
  const lanes: Lane[] = [];
  const objects = split.objects("lanes", MAX_LANES);
  if (objects.length == 0) split.problem("lanes", "at least one lane is needed");
  const names: string[] = [];
  for (let i = 0; i < objects.length; i++) {
    const object = unchecked(objects[i]);
    const name = readLaneName(object);
    if (names.includes(name)) object.problem("name", "another lane has this name");
    names.push(name);
    lanes.push(readLane(object, i, name, scope));
  }
  if (lanes.length > 0) checkSum(split, lanes);
  return lanes;
}

function readLane(object: ConfigObject, index: i32, name: string, scope: RouterScope): Lane {
  const weight = readWeight(object, "weight");
  const ramp = readRamp(object, weight);
  if (ramp === null && !object.has("weight")) object.problem("weight", "missing: a number is needed, or a ramp");
  return new Lane(index, scope.kept.keep(name), weight, ramp, readHeaders(object, scope));
}

/** A name that Kubernetes takes as the value of a label: such as that of a version, and fit for headers and metrics. */
function readLaneName(object: ConfigObject): string {
  const name = object.requiredString("name");
  if (name.length > 0 && !isLaneName(Bytes.of(name))) {
    object.problem("name", "must be up to 63 letters, digits, -, _ and ., and begin and end with a letter or digit");
  }
  return name;
}

function isLaneName(name: Bytes): bool {
  for (let i = 0; i < name.length; i++) {
    const byte = name.at(i);
    const isInner = byte == ascii.MINUS || byte == 0x5f || byte == ascii.DOT;
    if (!ascii.isAlphanumeric(byte) && !(isInner && i > 0 && i < name.length - 1)) return false;
  }
  return name.length <= MAX_NAME_LENGTH;
}

/** A weight; 0, too, when it is absent. Never -0, by which a division would make it the smallest of all. */
function readWeight(object: ConfigObject, field: string): f64 {
  const weight = object.number(field, 0, 0, MOST_WEIGHT);
  if (weight > 0 && weight < LEAST_WEIGHT) object.problem(field, "must be 0, or at least 0.000001");
  return weight > 0 ? weight : 0;
}

/** Null: the lane has none. */
function readRamp(lane: ConfigObject, weight: f64): LaneRamp | null {
  const object = lane.object("ramp");
  if (object === null) return null;
  const from = readWeight(object, "from");
  const to = object.has("to") ? readWeight(object, "to") : weight;
  if (!object.has("to") && !lane.has("weight")) object.problem("to", "missing: a number is needed");
  else if (lane.has("weight") && to != weight) lane.problem("weight", "must be that to which the ramp goes, or absent");
  if (!object.has("start")) object.problem("start", 'missing: a time such as "2026-11-21T08:00:00Z" is needed');
  if (!object.has("duration")) object.problem("duration", 'missing: a duration such as "12h" is needed');
  const start = object.timestamp("start", 0);
  return new LaneRamp(from, to, start, object.duration("duration", SECOND, SECOND, YEAR));
}

/** Refuses lanes that at some moment get nothing, all of them: the sum is a line between the ends of ramps. */
function checkSum(split: ConfigObject, lanes: Lane[]): void {
  const set = new LaneSet(lanes);
  let isFilled = set.hasWeightAt(0);
  for (let i = 0; i < lanes.length; i++) {
    const ramp = unchecked(lanes[i]).ramp;
    if (ramp !== null) isFilled = isFilled && set.hasWeightAt(ramp.start) && set.hasWeightAt(ramp.end);
  }
  if (!isFilled) split.problem("lanes", "must have a weight that is not 0 at every moment");
}
