import { isWordByte } from "./conditions";
import { CodePointSet } from "./ranges";
import { addUnicodeClass } from "./unicode-classes";

/** Categories of the characters that a name is made of; with `_` these are those of RE2. */
const CATEGORIES: StaticArray<string> = ["L", "Nl", "Mn", "Mc", "Nd", "Pc"];

/** Whether RE2 takes `name` as the name of a group: letters, digits, marks, underscores and their like of any script. */
export function isGroupName(name: string): bool {
  let set: CodePointSet | null = null;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (isWordByte(unit)) continue;
    if (unit < 0x80) return false;
    if (set === null) set = nameCharacters();
    const codePoint = name.codePointAt(i);
    if (!set.has(codePoint)) return false;
    if (codePoint > 0xffff) i += 1;
  }
  return name.length > 0;
}

function nameCharacters(): CodePointSet {
  const set = new CodePointSet();
  for (let i = 0; i < CATEGORIES.length; i++) addUnicodeClass(set, CATEGORIES[i]);
  set.normalize();
  return set;
}
