/**
 * Montgomery multiplication modulo a multiple M of an RSA modulus. With SIMD or without: what a host does not load is not
 * compiled for it. Each function is described where it is written.
 */
import * as scalar from "./montgomery-scalar";
import * as simd from "./montgomery-simd";

export const SCALE_LIMBS: i32 = ASC_FEATURE_SIMD ? simd.SCALE_LIMBS : scalar.SCALE_LIMBS;

export function operandLimbs(bits: i32): i32 {
  return ASC_FEATURE_SIMD ? simd.operandLimbs(bits) : scalar.operandLimbs(bits);
}

export function operandSize(limbs: i32): usize {
  return ASC_FEATURE_SIMD ? simd.operandSize(limbs) : scalar.operandSize(limbs);
}

export function scratchSize(limbs: i32): usize {
  return ASC_FEATURE_SIMD ? simd.scratchSize(limbs) : scalar.scratchSize(limbs);
}

export function encode(operand: usize, number: usize, limbs: i32): void {
  if (ASC_FEATURE_SIMD) simd.encode(operand, number, limbs);
  else scalar.encode(operand, number, limbs);
}

export function decode(number: usize, operand: usize, modulus: usize, limbs: i32): void {
  if (ASC_FEATURE_SIMD) simd.decode(number, operand, modulus, limbs);
  else scalar.decode(number, operand, modulus, limbs);
}

export function multiply(out: usize, left: usize, right: usize, modulus: usize, limbs: i32, scratch: usize): void {
  if (ASC_FEATURE_SIMD) simd.multiply(out, left, right, modulus, limbs, scratch);
  else scalar.multiply(out, left, right, modulus, limbs, scratch);
}

export function square(out: usize, operand: usize, modulus: usize, limbs: i32, scratch: usize): void {
  if (ASC_FEATURE_SIMD) simd.square(out, operand, modulus, limbs, scratch);
  else scalar.square(out, operand, modulus, limbs, scratch);
}
