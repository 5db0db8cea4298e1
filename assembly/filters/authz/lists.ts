import { JsonKind } from "../../json/document";
import { ConfigObject } from "../../sdk";

/** Whether one of the lists has anything in it. A value of another kind has its own problem. */
export function hasValues(object: ConfigObject, fields: string[]): bool {
  for (let i = 0; i < fields.length; i++) {
    if (object.has(unchecked(fields[i])) && !isEmptyList(object, unchecked(fields[i]))) return true;
  }
  return false;
}

/** Whether the field is there, and a list without entries. */
export function isEmptyList(object: ConfigObject, field: string): bool {
  const value = object.get(field);
  return value !== null && value.kind == JsonKind.Array && value.size == 0;
}
