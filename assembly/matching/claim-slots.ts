import { ClaimKind, ClaimPath, kindOf } from "../jose/claim-lookup";
import { wordEnd, wordStart } from "../jose/word-lists";
import { JsonEvent, JsonReader } from "../json/reader";
import * as arena from "../memory/arena";
import { Bytes, EMPTY } from "../text/bytes";
import { NameTable } from "./name-table";
import { StringMatch, matchesAny } from "./string-match";

/** Bytes of a slot: kind (4), pointer and length of the value (8), pointer to its items (4) and how many they are (4). */
const SLOT_SIZE: usize = 20;

/** Marks of a text that conditions ask for: it is an item of its claim, as a string or as something else. */
const IS_STRING: u8 = 1;
const IS_OTHER: u8 = 2;

/** Bytes of an item: a `Bytes`, so that a match can be given it without a view of its own, and its mark (4). */
const ITEM_SIZE: usize = 12;

/** An item takes two bytes of a list, as in `[1,2]`, at least. */
const LEAST_ITEM = 2;

/** What conditions ask of the items of a claim. Of many items, and of many conditions, only `others` costs the product. */
@final
export class ItemMatches {
  /** Numbers of texts that an item may be. */
  readonly texts: i32[] = [];
  /** Conditions for which each item is looked at. */
  readonly others: StringMatch[] = [];
}

/**
 * Picks the claims that matter out of a claims set, in one pass over its JSON whatever their number. Paths are added at
 * configuration: they make a tree of names, of which each has a slot.
 */
@final
export class ClaimSlots {
  private readonly names: NameTable = new NameTable();
  private slots: usize = 0;
  /**
   * Texts that conditions ask for, each under the slot of the claim of which it is to be an item; and a byte of marks
   * each.
   */
  private readonly wanted: NameTable = new NameTable();
  private marks: usize = 0;
  private readonly reader: JsonReader = new JsonReader();
  private readonly elements: JsonReader = new JsonReader();

  /** Answers the slot of the claim at `path`; the same path has one slot. */
  add(path: ClaimPath): i32 {
    let slot = -1;
    for (let step: ClaimPath | null = path; step !== null; step = step.next) slot = this.addMember(step.name, slot);
    return slot;
  }

  /** Answers the slot of a member of the claim that has the slot `parent`; -1: of the claims set. */
  addMember(name: Bytes, parent: i32 = -1): i32 {
    const known = this.names.size;
    const slot = this.names.add(name, parent);
    if (slot < known) return slot;
    if (this.slots != 0) heap.free(this.slots);
    this.slots = heap.alloc(<usize>this.names.size * SLOT_SIZE);
    return slot;
  }

  /** Prepares the question whether an item of a claim matches one of `matches`, which must stay. */
  addItemMatches(slot: i32, matches: StringMatch[]): ItemMatches {
    const prepared = new ItemMatches();
    for (let i = 0; i < matches.length; i++) {
      const match = unchecked(matches[i]);
      const texts = match.exactTexts();
      if (texts === null) prepared.others.push(match);
      else for (let t = 0; t < texts.length; t++) prepared.texts.push(this.wanted.add(unchecked(texts[t]), slot));
    }
    if (this.marks != 0) heap.free(this.marks);
    this.marks = heap.alloc(<usize>this.wanted.size);
    return prepared;
  }

  /** Fills the slots from `payload`, a JSON object that is well-formed. Of members of one name the first counts. */
  collect(payload: Bytes): void {
    memory.fill(this.slots, 0, <usize>this.names.size * SLOT_SIZE);
    memory.fill(this.marks, 0, <usize>this.wanted.size);
    const reader = this.reader;
    reader.reset(payload);
    if (reader.next() != JsonEvent.ObjectStart) return;
    // The claim in which the reader is: an object.
    let open = -1;
    for (let event = reader.next(); event != JsonEvent.End && event != JsonEvent.Error; event = reader.next()) {
      if (event == JsonEvent.ObjectEnd) {
        if (open < 0) return;
        this.endAt(open, payload, reader.end);
        open = this.names.parent(open);
        continue;
      }
      const slot = this.names.find(reader.text(), open);
      if (slot < 0 || this.kind(slot) != ClaimKind.Absent) {
        if (!reader.skip()) return;
      } else if (this.read(slot, payload) == ClaimKind.Object) {
        open = slot;
      }
    }
  }

  /** What the claim is. */
  kind(slot: i32): ClaimKind {
    return <ClaimKind>load<i32>(this.slotOf(slot));
  }

  /** A string without quotes and escapes; everything else as it stands in the JSON. Valid until the callback ends. */
  value(slot: i32): Bytes {
    const at = this.slotOf(slot);
    return this.kind(slot) == ClaimKind.Absent ? EMPTY : Bytes.view(load<usize>(at, 4), load<i32>(at, 8));
  }

  /** How many items the claim has: a list its strings, numbers, `true` and `false`; a string its words. */
  itemCount(slot: i32): i32 {
    this.readItems(slot);
    return load<i32>(this.slotOf(slot), 16);
  }

  /** Whether one of the items matches: strings without escapes, others, unless `onlyStrings`, as they stand in the JSON. */
  anyItemMatches(slot: i32, matches: ItemMatches, onlyStrings: bool): bool {
    const count = this.itemCount(slot);
    const marks = onlyStrings ? IS_STRING : IS_STRING | IS_OTHER;
    for (let i = 0; i < matches.texts.length; i++) {
      if ((load<u8>(this.marks + <usize>unchecked(matches.texts[i])) & marks) != 0) return true;
    }
    if (matches.others.length == 0) return false;
    let item = load<usize>(this.slotOf(slot), 12);
    for (let i = 0; i < count; i++) {
      if ((load<u8>(item, 8) & marks) != 0 && matchesAny(matches.others, changetype<Bytes>(item))) return true;
      item += ITEM_SIZE;
    }
    return false;
  }

  /** Frees names, texts and slots. */
  release(): void {
    this.names.release();
    this.wanted.release();
    if (this.slots != 0) heap.free(this.slots);
    if (this.marks != 0) heap.free(this.marks);
    this.slots = 0;
    this.marks = 0;
  }

  /** Reads the value that comes next; of an object, only its start. */
  private read(slot: i32, payload: Bytes): ClaimKind {
    const reader = this.reader;
    const kind = kindOf(reader.next());
    const at = this.slotOf(slot);
    const start = reader.start;
    store<i32>(at, kind);
    if (kind == ClaimKind.Array) reader.skip();
    const value = kind == ClaimKind.String ? reader.text() : payload.slice(start, reader.end);
    store<usize>(at, value.ptr, 4);
    store<i32>(at, value.length, 8);
    return kind;
  }

  /** Notes where an object ends. */
  private endAt(slot: i32, payload: Bytes, end: i32): void {
    const at = this.slotOf(slot);
    store<i32>(at, <i32>(payload.ptr + <usize>end - load<usize>(at, 4)), 8);
  }

  /** Makes the claim's items, unless they are there. In the arena: once a request, whatever the number of conditions. */
  private readItems(slot: i32): void {
    const at = this.slotOf(slot);
    const kind = this.kind(slot);
    if (load<usize>(at, 12) != 0 || (kind != ClaimKind.Array && kind != ClaimKind.String)) return;
    const value = this.value(slot);
    store<usize>(at, arena.allocate(<usize>(value.length / LEAST_ITEM + 1) * ITEM_SIZE), 12);
    if (kind == ClaimKind.Array) this.readElements(slot, value);
    else this.readWords(slot, value);
  }

  private readElements(slot: i32, list: Bytes): void {
    const reader = this.elements;
    reader.reset(list);
    reader.next();
    for (let event = reader.next(); event != JsonEvent.ArrayEnd; event = reader.next()) {
      switch (kindOf(event)) {
        case ClaimKind.Absent:
          return;
        case ClaimKind.Object:
        case ClaimKind.Array:
          if (!reader.skip()) return;
          break;
        case ClaimKind.Null:
          break;
        default:
          this.addItem(slot, reader.text(), event == JsonEvent.String ? IS_STRING : IS_OTHER);
      }
    }
  }

  private readWords(slot: i32, text: Bytes): void {
    for (let start = wordStart(text, 0); start < text.length;) {
      const end = wordEnd(text, start);
      this.addItem(slot, text.slice(start, end), IS_STRING);
      start = wordStart(text, end);
    }
  }

  /** `mark`: what the item is. */
  private addItem(slot: i32, value: Bytes, mark: u8): void {
    const at = this.slotOf(slot);
    const count = load<i32>(at, 16);
    const item = changetype<Bytes>(load<usize>(at, 12) + <usize>count * ITEM_SIZE);
    item.ptr = value.ptr;
    item.length = value.length;
    store<u8>(changetype<usize>(item), mark, 8);
    store<i32>(at, count + 1, 16);
    const number = this.wanted.find(value, slot);
    if (number < 0) return;
    const marks = this.marks + <usize>number;
    store<u8>(marks, load<u8>(marks) | mark);
  }

  private slotOf(slot: i32): usize {
    return this.slots + <usize>slot * SLOT_SIZE;
  }
}
