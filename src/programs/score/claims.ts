import { Claims, type ClaimTerm, weighted } from '../../argument/claims.ts';
import { LIMB_BITS, SIZE_BITS } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import type { ScorePairs } from '../../training/scoreTrace.ts';
import { pointOf } from '../axes.ts';
import { modelSlot } from '../layerSizes.ts';
import { addTableClaims } from '../layers.ts';
import { F, FA, HALF, LIMB } from '../powers.ts';
import { type PassContext, rowsOf, type ScoreContext } from './context.ts';
import { HIDDEN, OUTPUT, ROWS } from './oracles.ts';

/** What claims speak of besides the pass, after the batch. */
interface Proved {
  sums: readonly bigint[];
  evals1: readonly bigint[];
  /** point of the batch */
  rho: readonly bigint[];
}

export type PassClaimsContext = PassContext & Proved;
export type ClaimsContext = ScoreContext & Proved;

type Point = readonly bigint[];

export function scoreClaims(challenge: bigint, c: ClaimsContext): Claims {
  const { claims: C } = c.numbers;
  const claims = new Claims(challenge, C.count);
  addEvaluations(claims, c);
  for (const l of c.sizes.layers) addForward(claims, c, l);
  addSums(claims, c);
  const { pairs } = c.witness.forward.score;
  if (pairs) addPairs(claims, c, pairs);
  return claims;
}

export function inTrace(
  { numbers, oracles }: PassClaimsContext,
  name: string,
  point: Point,
  coefficient = 1n,
): ClaimTerm {
  return { oracle: numbers.oracles.trace, offset: oracles.trace.slots[name].offset, point, coefficient };
}

export function inHelper({ numbers, oracles }: PassClaimsContext, name: string, point: Point): ClaimTerm {
  return { oracle: numbers.oracles.helper, offset: oracles.helper.slots[name].offset, point };
}

function inShard({ numbers, oracles }: ClaimsContext, name: string, point: Point): ClaimTerm {
  return { oracle: numbers.oracles.shard, offset: oracles.shard.slots[name].offset, point };
}

function inModel({ numbers, sizes, oracles }: PassClaimsContext, kind: 'W' | 'b', l: number, point: Point): ClaimTerm {
  return { oracle: numbers.oracles.model, offset: oracles.model.slots[modelSlot(sizes, kind, l)].offset, point };
}

/** The claims that the evaluations are those of the committed tensors. */
function addEvaluations(claims: Claims, c: ClaimsContext): void {
  const { numbers, axes, sizes, evals1, rho } = c;
  const { evaluations: E, claims: C } = numbers;
  const { sigma, bits } = sizes;
  const rhoS = rho.slice(0, sigma);
  addPassEvaluations(claims, c, inShard(c, 'X', []));
  const atOutput = pointOf(axes, [sigma, ...bits(sizes.last)], rho);
  for (const name of OUTPUT) claims.add(C[name], evals1[E[name]], [inTrace(c, name, atOutput)]);
  for (const name of ROWS) claims.add(C[name], evals1[E[name]], [inTrace(c, name, rhoS)]);
  for (const name of ['hQ', 'hG'] as const) claims.add(C[name], evals1[E[name]], [inHelper(c, name, atOutput)]);
  claims.add(C.hS, evals1[E.hS], [inHelper(c, 'hS', rhoS)]);
  claims.add(C.Y, evals1[E.Y], [inShard(c, 'Y', atOutput)]);
  addTableClaims(claims, numbers, evals1, rho, c.oracles);
}

/** The same of weights, of what layers read, and of the hidden layers. @param input where X stands */
export function addPassEvaluations(
  claims: Claims,
  c: PassClaimsContext,
  input: Pick<ClaimTerm, 'oracle' | 'offset'>,
): void {
  const { numbers, axes, layers, sizes, evals1, rho } = c;
  const { evaluations: E, claims: C } = numbers;
  const { sigma, bits } = sizes;
  for (const l of sizes.layers) {
    const atRho = pointOf(axes, [sigma, ...bits(l)], rho);
    claims.add(C.W(l), evals1[E.W(l)], [inModel(c, 'W', l, layers.weights(c, l, rho))]);
    const own = layers.input(c, l, rho);
    const read = l === sizes.first ? input : inTrace(c, `A_${l - 1}`, own.point);
    claims.add(C.In(l), evals1[E.In(l)], [{ ...read, ...own }]);
    if (l === sizes.last) continue;
    claims.add(C.h(l), evals1[E.h(l)], [inHelper(c, `h_${l}`, atRho)]);
    for (const name of HIDDEN) claims.add(C[name](l), evals1[E[name](l)], [inTrace(c, `${name}_${l}`, atRho)]);
  }
}

/** The sums of B and P over the outputs at r_s, and Y and P at rho_s weighted by powers of x. */
function addSums(claims: Claims, c: ClaimsContext): void {
  const { numbers, sizes, sums, evals1, rho, tau } = c;
  const { sums: S, evaluations: E, claims: C } = numbers;
  const { sigma } = sizes;
  const bits = sizes.widthBits(sizes.last);
  const [rhoS, rS] = [rho.slice(0, sigma), rowsOf(c)];
  claims.add(C.labelled, sums[S.labelled], [inTrace(c, 'L', rS)]);
  claims.add(C.predicted, sums[S.predicted], [inTrace(c, 'LP', rS)]);
  const every = weighted(new Array<bigint>(bits).fill(1n));
  const everyB = inTrace(c, 'B', [...rS, ...every.point], every.coefficient);
  const everyP = inTrace(c, 'P', [...rS, ...every.point], every.coefficient);
  claims.add(C.below, 0n, [everyB, inTrace(c, 'N', rS, -1n)]);
  claims.add(C.predictedSum, 0n, [everyP, inTrace(c, 'p', rS, -1n)]);
  const ofLabel = weighted(tau.slice(SIZE_BITS, SIZE_BITS + bits));
  const ofPredicted = weighted(tau.slice(0, bits));
  const Yx = { ...inShard(c, 'Y', [...rhoS, ...ofLabel.point]), coefficient: ofLabel.coefficient };
  claims.add(C.Yx, evals1[E.Yx], [Yx]);
  claims.add(C.Px, evals1[E.Px], [inTrace(c, 'P', [...rhoS, ...ofPredicted.point], ofPredicted.coefficient)]);
}

/** The lookup of pairs in the head's function; with softmax the sum of its powers. */
function addPairs(claims: Claims, c: ClaimsContext, { softmax }: ScorePairs): void {
  const { numbers, axes, sizes, evals1, rho, oracles } = c;
  const { oracles: O, evaluations: E, claims: C } = numbers;
  const { sigma } = sizes;
  const bits = sizes.widthBits(sizes.last);
  const rhoS = rho.slice(0, sigma);
  const atOutput = pointOf(axes, [sigma, ...sizes.bits(sizes.last)], rho);
  claims.add(C.E, evals1[E.E], [inTrace(c, 'E', atOutput)]);
  claims.add(C.hF, evals1[E.hF], [inHelper(c, 'hF', atOutput)]);
  const second = { oracles: O, evaluations: { g: E.g2, mult: E.mult2 } };
  addTableClaims(claims, second, evals1, rho, oracles, { g: 'g2', mult: 'mult2' });
  const { offset } = oracles.tables.slots[softmax ? 'EXP' : 'LOSS'];
  claims.add(C.F, evals1[E.F], [{ oracle: O.tables, offset, point: rho.slice(0, LIMB_BITS) }]);
  if (!softmax) return;
  for (const name of ['Z', 'S'] as const) claims.add(C[name], evals1[E[name]], [inTrace(c, name, rhoS)]);
  const rS = rowsOf(c);
  const every = weighted(new Array<bigint>(bits).fill(1n));
  claims.add(C.total, LIMB, [inTrace(c, 'E', [...rS, ...every.point], every.coefficient), inTrace(c, 'S', rS)]);
}

/** The forward claim of a layer: F1 + 2^fa b = 2^f Q + R0 + 2^c R1 - 2^(f-1); hidden Q = 2 A - V, output Q = Q' - 2^15. */
export function addForward(claims: Claims, c: PassClaimsContext, l: number): void {
  const { numbers, axes, sizes, sums, tau } = c;
  const point = pointOf(axes, [sizes.sigma, ...sizes.bits(l)], tau);
  const rounded =
    l < sizes.last
      ? [
          inTrace(c, `A_${l}`, point, -2n * F),
          inTrace(c, `V_${l}`, point, F),
          inTrace(c, `R0_${l}`, point, -1n),
          inTrace(c, `R1_${l}`, point, -LIMB),
        ]
      : [inTrace(c, 'Q', point, -F), inTrace(c, 'U0', point, -1n), inTrace(c, 'U1', point, -LIMB)];
  const channels = point.slice(point.length - sizes.widthBits(l));
  const bias = { ...inModel(c, 'b', l, channels), coefficient: mod(FA * c.layers.biasFactor(c, l)) };
  const constant = F / 2n + (l < sizes.last ? 0n : F * HALF);
  claims.add(numbers.claims.forward(l), mod(-sums[numbers.sums.F1(l)] - constant), [bias, ...rounded]);
}
