/** What the rules ask TypeScript's type checker. AssemblyScript is close enough to TypeScript for these questions. */
import ts from "typescript";

/** @typedef {import("typescript").Type} Type */

/** Whether values of this type are objects of a class (not numbers, functions or `any`). */
export function isClass(/** @type {Type} */ type) {
  const symbol = type.getSymbol();
  return symbol !== undefined && (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0;
}

/** Whether a class lives outside the managed heap (`@unmanaged`), so that making one of an address is its ordinary use. */
export function isUnmanaged(/** @type {Type} */ type) {
  return (type.getSymbol()?.declarations ?? []).some(
    (declaration) =>
      ts.isClassDeclaration(declaration) &&
      (ts.getDecorators(declaration) ?? []).some(({ expression }) => expression.getText() === "unmanaged"),
  );
}

/** Whether the type is the byte view of `assembly/text/bytes.ts`, whose `[]` answers 0 outside. */
export function isBytes(/** @type {Type} */ type) {
  const declaration = type.getSymbol()?.declarations?.[0];
  return (
    type.getSymbol()?.name === "Bytes" && declaration?.getSourceFile().fileName.endsWith("/text/bytes.ts") === true
  );
}

/** Whether the type is AssemblyScript's or TypeScript's string. */
export function isString(/** @type {Type} */ type) {
  return (type.flags & ts.TypeFlags.StringLike) !== 0 || type.getSymbol()?.name === "String";
}
