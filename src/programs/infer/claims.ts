import { Claims, weighted } from '../../argument/claims.ts';
import { inputOffset } from '../../model/inference.ts';
import { pointOf } from '../axes.ts';
import { addTableClaims } from '../layers.ts';
import { addForward, addPassEvaluations, inHelper, inTrace } from '../score/claims.ts';
import { formOf, type InferContext, inputSide, isRanged, outputSide, type Side, squaresOfSide } from './context.ts';

/** What the claims speak of, after the batch. */
export interface InferClaimsContext extends InferContext {
  sums: readonly bigint[];
  evals1: readonly bigint[];
  /** point of the batch */
  rho: readonly bigint[];
  /** the public vectors as polynomials at x */
  inputs: bigint;
  outputs: bigint;
}

export function inferClaims(challenge: bigint, c: InferClaimsContext): Claims {
  const { numbers, axes, sizes, evals1, rho, witness } = c;
  const { oracles: O, evaluations: E, claims: C } = numbers;
  const claims = new Claims(challenge, C.count);
  const X = { oracle: O.input, offset: inputOffset(formOf(witness)) };
  addPassEvaluations(claims, c, X);
  for (const l of sizes.layers) addForward(claims, c, l);
  const atInput = pointOf(axes, [sizes.sigma, ...sizes.bits(sizes.first - 1)], rho);
  const atOutput = pointOf(axes, [sizes.sigma, ...sizes.bits(sizes.last)], rho);
  for (const name of ['Q', 'U0', 'U1'] as const) claims.add(C[name], evals1[E[name]], [inTrace(c, name, atOutput)]);
  claims.add(C.hQ, evals1[E.hQ], [inHelper(c, 'hQ', atOutput)]);
  claims.add(C.X, evals1[E.X], [{ ...X, point: atInput }]);
  if (isRanged(witness)) claims.add(C.hX, evals1[E.hX], [inHelper(c, 'hX', atInput)]);
  const shown = { oracle: O.output, offset: 0 };
  claims.add(C.O, evals1[E.O], [{ ...shown, point: atOutput }]);
  addTableClaims(claims, numbers, evals1, rho, c.oracles);
  if (witness.inputs === 'public') claims.add(C.inputs, c.inputs, [{ ...X, ...asPolynomial(c, inputSide(c)) }]);
  if (witness.outputs.shown) claims.add(C.outputs, c.outputs, [{ ...shown, ...asPolynomial(c, outputSide(c)) }]);
  return claims;
}

/** The weights of a tensor's entries in its polynomial at x, as coefficient * eq(point, y). */
function asPolynomial(c: InferClaimsContext, side: Side): { point: bigint[]; coefficient: bigint } {
  return weighted(squaresOfSide(c, side));
}
