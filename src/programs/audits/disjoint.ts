import { Claims, weighted } from '../../argument/claims.ts';
import { coprime } from '../../argument/coprime.ts';
import type { Kernels, Vec } from '../../argument/kernels.ts';
import { open } from '../../argument/opening.ts';
import type { Oracle } from '../../argument/oracle.ts';
import type { Session } from '../../argument/session.ts';
import { finalValue, type Poly, poly, range, type SumcheckResult, sumcheck } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { type RowRecord, recordAt, recordShape } from '../../model/record.ts';
import { encodeShard, type ShardShape } from '../../model/shape.ts';
import type { Shard } from '../../model/shard.ts';
import { bitsOf } from '../../numbers/bits.ts';
import { SIZE_BITS } from '../../numbers/constants.ts';
import { mod, powersOf, squaresOf } from '../../numbers/field.ts';
import {
  type ArgumentResult,
  blindHelper,
  blindTrace,
  finish,
  offsetBits,
  sendOracle,
  slottedOracle,
} from '../common.ts';
import { absentOracle, shardOracle } from '../oracles.ts';
import { minus, term, times } from '../sumcheckBatch.ts';
import { everyRow, fingerprintClaim, fingerprints, ROWS, realRows, sideInputs } from './fingerprints.ts';

const {
  oracles: O,
  squares: Q,
  trace: T,
  helper: H,
  relations: R,
  evaluations: E,
  claims: C,
  signals: S,
} = NUMBERING.disjoint;

/** Two shards without a common row, or a shard and a record that is none of its rows. */
export interface DisjointWitness {
  first: Shard;
  second: Shard | RowRecord;
}

/** A proof in the making, with what a statement says of it that is known only later. */
export interface DisjointResult extends ArgumentResult {
  r: bigint;
}

/** One side: its numbers, and what the steps after the commitments work with. */
interface Side {
  letter: 'A' | 'B';
  shape: ShardShape;
  shard?: Shard;
  oracle: Oracle;
  /** fingerprints of the padded rows */
  phi: Vec;
  /** leaves, then products */
  tree: bigint[];
}

export function isRecord(second: Shard | RowRecord): second is RowRecord {
  return second instanceof Int32Array;
}

/**
 * Program disjoint (protocol section 14): no row of one shard has the inputs of a row of the other side. The statement must bind the
 * commitments to both shards.
 * @throws RangeError where the sides have a row in common
 */
export async function proveDisjoint(session: Session, { first, second }: DisjointWitness): Promise<DisjointResult> {
  const { kernels: k } = session.backend;
  const record = isRecord(second) ? second : undefined;

  // 1. trace: U and V, once the fingerprints are known
  session.stage('trace');
  const r = session.absorb([0n]);
  const value = record ? recordAt(record, r) : 0n;
  const sides = [sideOf(k, 'A', first, r), isRecord(second) ? recordSide(k, second, r) : sideOf(k, 'B', second, r)];
  const roots = sides.map(({ phi, shape }) => k.toBigints(k.view(phi, 0, shape.rows)));
  const trace = disjointTrace(k, roots);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: the products at beta
  session.stage('products');
  sides.forEach((side, i) => {
    side.tree = productTree(roots[i].map((root) => mod(beta - root)));
  });
  const helper = slottedOracle(H.names.map((name) => ({ name, log2: SIZE_BITS + 1 })));
  for (const { letter, tree } of sides) k.put(helper.field(k, `tree${letter}`), k.fromBigints(tree));
  blindHelper(helper);
  const { points: helperPoints, challenge: x } = await sendOracle(session, helper, H.names);

  // 3. the batch
  session.stage('sumcheck');
  const { batch1, evals1 } = proveBatch(session, sides, beta, value, squaresOf(x, Q.count));
  for (const name of ['U', 'V'] as const) evals1[E[name]] = k.horner(trace.values(k, name), beta);

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), C.count);
  for (const side of sides) addSideClaims(claims, side, evals1, { r, rho: batch1.point, helper });
  const powers = weighted(squaresOf(beta, SIZE_BITS));
  for (const name of ['U', 'V'] as const)
    claims.add(C[name], evals1[E[name]], [{ oracle: O.trace, offset: trace.slots[name].offset, ...powers }]);
  const opened = await open(session, [...sides.map(({ oracle }) => oracle), trace, helper], claims);
  const [one, other] = sides.map(({ shape }) => encodeShard(shape));
  const ended = finish(session, { trace: tracePoints, helper: helperPoints }, opened, [one, other, r, value], {
    [S.names[S.first]]: one,
    [S.names[S.second]]: other,
    [S.names[S.record]]: value,
    inputs1: BigInt(first.inputs - 1),
    ...sideInputs(sides.map(({ shape }) => shape)),
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
  return { ...ended, r };
}

function sideOf(k: Kernels, letter: 'A' | 'B', shard: Shard, r: bigint): Side {
  const oracle = shardOracle(shard);
  return { letter, shape: shard, shard, oracle, phi: fingerprints(k, shard, r, 'inputs'), tree: [] };
}

/** A record has no commitment: what the circuit would find of a shard is 0. */
function recordSide(k: Kernels, record: RowRecord, r: bigint): Side {
  const phi = k.fromBigints([recordAt(record, r)]);
  return { letter: 'B', shape: recordShape(record), oracle: absentOracle(), phi, tree: [] };
}

function disjointTrace(k: Kernels, [rootsA, rootsB]: readonly bigint[][]): Oracle {
  const trace = slottedOracle(T.names.map((name) => ({ name, log2: SIZE_BITS })));
  const [inU, inV] = [trace.field(k, 'U'), trace.field(k, 'V')];
  k.scoped(() => {
    const { U, V } = coprime(k, rootsA, rootsB);
    k.put(inU, U);
    k.put(inV, V);
  });
  blindTrace(trace);
  return trace;
}

/** Leaves with 1 behind them, then the product of entries 2 i and 2 i + 1 at 2^12 + i; the last entry is 0. */
function productTree(leaves: readonly bigint[]): bigint[] {
  const tree = [...leaves, ...new Array<bigint>(ROWS - leaves.length).fill(1n)];
  for (let i = 0; i < ROWS - 1; i++) tree.push(mod(tree[2 * i] * tree[2 * i + 1]));
  return [...tree, 0n];
}

/** Leaves and nodes of both trees over the rows, and the evaluations at the batch's point. */
function proveBatch(
  session: Session,
  sides: readonly Side[],
  beta: bigint,
  record: bigint,
  tau: readonly bigint[],
): { batch1: SumcheckResult; evals1: bigint[] } {
  const { kernels: k } = session.backend;
  const at = range(0, SIZE_BITS);
  const weight = powersOf(session.absorb([session.nonce[NUMBERING.shared.nonces.lambda]]), R.count);
  const evals1 = new Array<bigint>(E.count).fill(0n);
  const batch1 = k.scoped(() => {
    const eq = poly(k.eqTable(tau), at);
    const evaluated: [keyof typeof E, Poly][] = [];
    const instances = sides.flatMap(({ letter, shape, shard, phi, tree }) => {
      const of = (values: readonly bigint[]) => poly(k.fromBigints(values), at);
      const [leaf, node] = [of(tree.slice(0, ROWS)), of(tree.slice(ROWS))];
      const [even, odd] = [0, 1].map((bit) => of(tree.filter((_, i) => i % 2 === bit)));
      const real = poly(realRows(k, shape.rows), at);
      // the record is a number, not a polynomial of the rows
      const own = shard ? [poly(everyRow(k, phi), at)] : [];
      const constant = mod(beta - 1n - (shard ? 0n : record));
      const names = [`leaf${letter}`, `node${letter}`, `even${letter}`, `odd${letter}`] as const;
      [leaf, node, even, odd].forEach((p, i) => {
        evaluated.push([names[i], p]);
      });
      for (const p of own) evaluated.push([`phi${letter}`, p]);
      const leaves = [term(eq, leaf), minus(eq), times(-constant, eq, real), ...own.map((p) => term(eq, real, p))];
      return [
        { weight: weight[R[names[0]]], claim: 0n, positions: at, terms: leaves },
        { weight: weight[R[names[1]]], claim: 0n, positions: at, terms: [term(eq, node), minus(eq, even, odd)] },
      ];
    });
    const result = sumcheck(k, instances, SIZE_BITS, 3, session.absorb);
    for (const [name, p] of evaluated) evals1[E[name] as number] = finalValue(k, p);
    return result;
  });
  for (const { letter, tree } of sides) evals1[E[`product${letter}`]] = tree[2 * ROWS - 2];
  return { batch1, evals1 };
}

/** What is claimed of a side's shard and of its tree. */
function addSideClaims(
  claims: Claims,
  { letter, shard, oracle, tree }: Side,
  evals1: readonly bigint[],
  { r, rho, helper }: { r: bigint; rho: readonly bigint[]; helper: Oracle },
): void {
  const number = letter === 'A' ? O.first : O.second;
  const phi = shard ? fingerprintClaim(number, oracle, shard, r, rho, 'inputs') : [];
  claims.add(C[`phi${letter}`], evals1[E[`phi${letter}`]], phi);
  const last = bitsOf(tree.length - 2, SIZE_BITS + 1);
  const points = { leaf: [...rho, 0n], node: [...rho, 1n], even: [0n, ...rho], odd: [1n, ...rho], product: last };
  const { offset } = helper.slots[`tree${letter}`];
  for (const [name, point] of Object.entries(points)) {
    const full = `${name as keyof typeof points}${letter}` as const;
    claims.add(C[full], evals1[E[full]], [{ oracle: O.helper, offset, point }]);
  }
}
