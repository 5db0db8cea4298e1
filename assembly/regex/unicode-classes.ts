import { LINE_FEED } from "../text/ascii";
import { CodePointSet, MAX_CODE_POINT } from "./ranges";
import { TableReader } from "./table-reader";
import * as tables from "./unicode-tables";

const reader = new TableReader();

/**
 * Adds the characters of `\p{name}`: a general category (`Lu`), all that begin with the same letter (`L`), a script
 * (`Greek`), or `Any`. False when RE2 knows no such class.
 */
export function addUnicodeClass(set: CodePointSet, name: string): bool {
  if (name == "Any") {
    set.add(0, MAX_CODE_POINT);
    return true;
  }
  return addCategories(set, name) || addScript(set, name);
}

function addCategories(set: CodePointSet, name: string): bool {
  if (name.length != 1 && name.length != 2) return false;
  const names = tables.CATEGORY_NAMES;
  // A bit for each category that the name means.
  let wanted: u32 = 0;
  for (let i = 0; i < names.length; i += 2) {
    if (names.substr(i, name.length) == name) wanted |= (<u32>1) << ((i >> 1) + 1);
  }
  if (wanted == 0) return false;
  reader.reset(tables.CATEGORIES, tables.CATEGORIES_SIZE);
  for (let first: u32 = 0; !reader.atEnd;) {
    const run = reader.byte();
    const length = run & 7 ? run & 7 : reader.number();
    if ((wanted >> (run >> 3)) & 1) set.add(first, first + length - 1);
    first += length;
  }
  return true;
}

function addScript(set: CodePointSet, name: string): bool {
  const wanted = scriptNamed(name);
  if (wanted == 0) return false;
  reader.reset(tables.SCRIPTS, tables.SCRIPTS_SIZE);
  for (let first: u32 = 0; !reader.atEnd;) {
    const script = reader.byte();
    const length = reader.number();
    if (script == wanted) set.add(first, first + length - 1);
    first += length;
  }
  return true;
}

/** Number of a script; 0: there is none with this name. */
function scriptNamed(name: string): u32 {
  reader.reset(tables.SCRIPT_NAMES, tables.SCRIPT_NAMES_SIZE);
  for (let script: u32 = 1; !reader.atEnd; script++) {
    let matched = 0;
    let isSame = true;
    for (let letter = reader.byte(); letter != LINE_FEED && !reader.atEnd; letter = reader.byte()) {
      if (name.charCodeAt(matched) != letter) isSame = false;
      matched += 1;
    }
    if (isSame && matched == name.length) return script;
  }
  return 0;
}
