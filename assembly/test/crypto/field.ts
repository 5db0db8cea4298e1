import { Curve25519Field } from "../../crypto/field/f25519";
import { P256Field } from "../../crypto/field/p256";
import { P384Field } from "../../crypto/field/p384";
import { P521Field } from "../../crypto/field/p521";

/** What `fieldRun` does, in the order of `OPERATIONS` in host-tests/crypto/field-model.ts. */
enum Operation {
  MUL,
  SQUARE,
  ADD,
  SUB,
  CARRY,
  SCALE,
  SQUARE_TIMES,
  COPY,
  SET_ZERO,
  SET_ONE,
  FROM_BYTES,
  TO_BYTES,
  IS_ZERO,
  EQUALS,
}

/** Runs an operation of the field with this index. `b` is an element or a number, as the operation wants. */
export function fieldRun(field: i32, operation: Operation, out: usize, a: usize, b: usize): bool {
  if (field == 0) return run<Curve25519Field>(operation, out, a, b);
  if (field == 1) return run<P256Field>(operation, out, a, b);
  if (field == 2) return run<P384Field>(operation, out, a, b);
  return run<P521Field>(operation, out, a, b);
}

function run<F>(operation: Operation, out: usize, a: usize, b: usize): bool {
  const field = changetype<F>(0);
  if (operation == Operation.MUL) field.mul(out, a, b);
  else if (operation == Operation.SQUARE) field.square(out, a);
  else if (operation == Operation.ADD) field.add(out, a, b);
  else if (operation == Operation.SUB) field.sub(out, a, b);
  else if (operation == Operation.CARRY) field.carry(out, a);
  else if (operation == Operation.SCALE) field.scale(out, a, <i32>b);
  else if (operation == Operation.SQUARE_TIMES) field.squareTimes(out, a, <i32>b);
  else if (operation == Operation.COPY) field.copy(out, a);
  else if (operation == Operation.SET_ZERO) field.setZero(out);
  else if (operation == Operation.SET_ONE) field.setOne(out);
  else if (operation == Operation.FROM_BYTES) field.fromBytes(out, a);
  else if (operation == Operation.TO_BYTES) field.toBytes(out, a);
  else if (operation == Operation.IS_ZERO) return field.isZero(a);
  else return field.equals(a, b);
  return true;
}
