/** `expr_create`, `expr_evaluate` and `expr_delete`: CEL over Envoy's attributes. */
import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { WasmResult } from "../abi.ts";
import { findAttribute } from "../attributes.ts";
import { utf8Text } from "../bytes.ts";
import type { Context } from "../context.ts";
import { visibleHeaders } from "../hostcalls/general.ts";
import { serialize } from "../values.ts";
import { fromCel, toCel } from "./cel-values.ts";
import type { ForeignCall, ForeignResult } from "./functions.ts";

type Program = ReturnType<typeof plan>;

const ENVIRONMENT = celEnv({});

/** The expressions of one root context. */
export class Expressions {
  private readonly programs = new Map<number, Program>();
  private nextToken = 0;

  /** @param program  absent: the text parses, but cannot be planned; its token is lost */
  add(program: Program | undefined): number {
    const token = this.nextToken++;
    if (program !== undefined) this.programs.set(token, program);
    return token;
  }

  get(token: number): Program | undefined {
    return this.programs.get(token);
  }

  delete(token: number): void {
    this.programs.delete(token);
  }
}

/** CEL text to a token (`u32`). What does not parse, or calls an unknown function, is a BadArgument. */
export function createExpression({ argument, current }: ForeignCall): ForeignResult {
  const parsed = tryTo(() => parse(argument.toString("utf8")));
  const expressions = expressionsOf(current);
  if (parsed === undefined || expressions === undefined) return { status: WasmResult.BadArgument };
  const program = tryTo(() => compile(parsed));
  const token = expressions.add(program);
  if (program === undefined) return { status: WasmResult.BadArgument };
  const result = Buffer.alloc(4);
  result.writeUInt32LE(token);
  return { status: WasmResult.Ok, result };
}

/**
 * A token to the value, serialized as a property is. It sees the stream of the running callback only, whatever context
 * the guest has set: in the callback of a call out there is none.
 */
export function evaluateExpression({ argument, current }: ForeignCall): ForeignResult {
  if (argument.length !== 4) return { status: WasmResult.BadArgument };
  const program = expressionsOf(current)?.get(argument.readUInt32LE(0));
  if (program === undefined) return { status: WasmResult.NotFound };
  const value = program(activation(current));
  if (isCelError(value)) {
    current.vm.host.log.write("debug", `expr_evaluate error: ${value.message}`);
    return { status: WasmResult.InternalFailure };
  }
  const converted = fromCel(value);
  const result = converted === undefined ? undefined : serialize(converted);
  return result === undefined ? { status: WasmResult.SerializationFailure } : { status: WasmResult.Ok, result };
}

export function deleteExpression({ argument, current }: ForeignCall): ForeignResult {
  if (argument.length !== 4) return { status: WasmResult.BadArgument };
  expressionsOf(current)?.delete(argument.readUInt32LE(0));
  return { status: WasmResult.Ok };
}

function expressionsOf(context: Context): Expressions | undefined {
  const root = context.root;
  return root && (root.expressions ??= new Expressions());
}

function compile(parsed: ReturnType<typeof parse>): Program | undefined {
  if (!callsKnownFunctions(parsed.expr)) return undefined;
  refuseMembersOfNull(parsed.expr);
  return plan(ENVIRONMENT, parsed);
}

/** `undefined` for what the library throws for. */
function tryTo<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Walks the syntax tree, which is plain protobuf data. */
function callsKnownFunctions(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return true;
  if (isCall(node) && !isKnownFunction(node.value.function)) return false;
  return Object.values(node).every(callsKnownFunctions);
}

interface Call {
  case: "callExpr";
  value: { function: string };
}

function isCall(node: object): node is Call {
  return (node as Partial<Call>).case === "callExpr";
}

/** Operators are functions too; the planner has those it needs built in. */
function isKnownFunction(name: string): boolean {
  return /^[_!@-]/.test(name) || ENVIRONMENT.funcs.find(name) !== undefined;
}

/**
 * `has(null.member)` is false in the library, and an error in Envoy: such tests become a conditional with an error in
 * it.
 */
function refuseMembersOfNull(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  for (const child of Object.values(node)) refuseMembersOfNull(child);
  if (!isTest(node)) return;
  const guard = parse("operand == null ? 1 / 0 == 1 : tested").expr as unknown as CallNode<CallNode<unknown>>;
  const [isNull, , tested] = guard.exprKind.value.args;
  isNull.exprKind.value.args[0] = node.exprKind.value.operand;
  tested.exprKind = node.exprKind;
  Object.assign(node, { exprKind: guard.exprKind });
}

/** The node of a call in the syntax tree, by its first argument. */
interface CallNode<T> {
  exprKind: { case: "callExpr"; value: { args: [T, unknown, { exprKind: unknown }] } };
}

/** The node of `has(operand.member)`. */
interface TestNode {
  exprKind: { case: "selectExpr"; value: { operand: unknown; testOnly: true } };
}

function isTest(node: object): node is TestNode {
  const { exprKind } = node as Partial<TestNode>;
  return exprKind?.case === "selectExpr" && exprKind.value.testOnly;
}

/** Attributes are looked up when the expression names them. */
function activation(context: Context): Parameters<Program>[0] {
  const headers = visibleHeaders(context);
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name !== "string") return undefined;
        const value = findAttribute(utf8Text(name), context, headers, context.vm.host.properties);
        return value === undefined ? undefined : toCel(value);
      },
    },
  );
}
