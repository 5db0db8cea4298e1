/** `expr_create`, `expr_evaluate` and `expr_delete`: CEL over Envoy's attributes. */
import {
  celEnv,
  celFunc,
  celFromScalar,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
  parse,
  plan,
  type CelInput,
  type CelValue,
} from "@bufbuild/cel";
import { WasmResult } from "../abi.ts";
import { findAttribute, MEMBER_NAMES, TOP_LEVEL_NAMES } from "../attributes.ts";
import { utf8Text } from "../bytes.ts";
import type { Context } from "../context.ts";
import { visibleHeaders } from "../hostcalls/general.ts";
import type { RootContext } from "../root-context.ts";
import type { ForeignCall, ForeignResult } from "./functions.ts";
