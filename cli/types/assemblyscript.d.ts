/**
 * What `cli/callback-exports.mjs` uses of the AssemblyScript compiler. Its own types declare the globals of AssemblyScript
 * (`i32`, `console`, `memory`, …) for whole programs, where they would hide those of Node.
 */

export interface Range {
  start: number;
  end: number;
}

export interface Node {
  range: Range;
}

export interface Source {
  sourceKind: SourceKind;
  /** Path with extension, from the folder that the compiler runs in. */
  normalizedPath: string;
}

export interface File {
  source: Source;
  lookupExport(name: string): unknown;
}

export interface Member {
  identifierNode: Node;
}

export interface ClassPrototype {
  name: string;
  /** The file's path without extension, then the class's name. */
  internalName: string;
  identifierNode: Node;
  basePrototype: ClassPrototype | null;
  /** Members that the class itself declares. */
  instanceMembers: Map<string, Member> | null;
}

export interface Class {
  prototype: ClassPrototype;
}

export interface Program {
  filesByName: Map<string, File>;
  /** The classes that were compiled. */
  managedClasses: Map<number, Class>;
  error(code: DiagnosticCode, range: Range, text: string): void;
}

export declare enum DiagnosticCode {
  User_defined_0 = 102,
}

export declare enum SourceKind {
  User = 0,
  UserEntry = 1,
}
