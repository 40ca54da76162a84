import { NUMBERING } from '../generated/numbering.ts';
import { CHUNK_BITS, CHUNK_SIZE, COLUMN_BITS, COLUMN2_BITS } from '../numbers/constants.ts';
import { mod, power } from '../numbers/field.ts';
import { chunkBits, chunkMask, chunkPoint } from './chunkPoint.ts';
import type { Claims } from './claims.ts';
import { columnSums } from './integers.ts';
import type { Kernels, Vec } from './kernels.ts';
import { isVec, type Oracle } from './oracle.ts';
import { type Reduced, reduceClaims } from './reduction.ts';
import type { Session } from './session.ts';
import { finalValue, poly, range, sumcheck } from './sumcheck.ts';
import type { ProofChallenges, ProofPoints } from './types.ts';

const { nonces: NONCES } = NUMBERING.shared;
/** Columns of level 1, and of level 2. */
const C = 2 ** COLUMN_BITS;
const C2 = 2 ** COLUMN2_BITS;
/** Rows of g: those of the entries of a chunk, then two of salts and blinding (protocol section 8). */
const TAIL_ROWS = 2;

/** The messages of the opening, as the circuit's template names them. */
export interface OpeningMessages {
  reduce: bigint[][];
  u: bigint[];
  level2: bigint[][];
  u12: bigint[];
  p2: bigint[];
  s2: bigint[];
  /** ones for the coordinates of the chunk that the contract is told */
  chunkMask: bigint[];
}

export interface OpeningResult {
  messages: OpeningMessages;
  points: Omit<ProofPoints, 'trace' | 'helper'>;
  challenges: Omit<ProofChallenges, 'digest'>;
}

/**
 * Proves the claims on the oracles: reduction to one point, then the two-level square-root KZG opening (design section 6, protocol section 4). Temporaries stay in the kernels' memory until the caller releases it.
 */
export async function open(session: Session, oracles: readonly Oracle[], claims: Claims): Promise<OpeningResult> {
  session.stage('reduction');
  const reduced = reduceClaims(session, oracles, claims);
  session.stage('opening');
  const first = await openRows(session, oracles, reduced);
  session.stage('opening: level 2');
  const second = proveRows(session, first);
  const last = await openColumns(session, first, second);
  const { points: firstPoints } = first;
  const { eta, y } = reduced;
  const { gamma } = first;
  const { theta } = second;
  const bits = chunkBits(oracles.map(({ chunks }) => chunks));
  return {
    messages: { ...reduced.messages, ...second.messages, ...last.messages, chunkMask: chunkMask(bits) },
    points: { ...firstPoints, ...last.points },
    challenges: { eta, gamma, theta, ...last.challenges, chunk: chunkPoint(y.slice(CHUNK_BITS), bits) },
  };
}

/** Level 1: g = sum eta^o eq(chunk, h) chunk_(o,h) as rows of C entries, its row combination p' and its column combination s. */
interface FirstLevel {
  points: Pick<ProofPoints, 'rows' | 'columns' | 'quotient'>;
  rows: Vec;
  columns: Vec;
  gamma: bigint;
  mix: bigint;
  /** eq of the point's column coordinates, and its row coordinates */
  low: Vec;
  high: readonly bigint[];
  /** g at the point */
  value: bigint;
}

/** 6.2 */
async function openRows(session: Session, oracles: readonly Oracle[], reduced: Reduced): Promise<FirstLevel> {
  const k = session.backend.kernels;
  const { y, eta } = reduced;
  const g = foldChunks(k, oracles, eta, y.slice(CHUNK_BITS));
  const low = k.eqTable(y.slice(0, COLUMN_BITS));
  const rows = k.zeros(C);
  k.put(rows, k.contractLow(g, low));
  const rowsPoint = await session.commit(rows);
  const gamma = session.absorb([session.send(rowsPoint)]);
  const { remainder: columns, quotient } = k.divide(g, C, gamma);
  session.stage('opening: commit to the quotient');
  const [columnsPoint, quotientPoint] = await Promise.all([session.commit(columns), session.commit(quotient)]);
  const mix = session.absorb([session.send(columnsPoint, quotientPoint)]);
  return {
    points: { rows: rowsPoint, columns: columnsPoint, quotient: quotientPoint },
    rows,
    columns,
    gamma,
    mix,
    low,
    high: y.slice(COLUMN_BITS, CHUNK_BITS),
    value: reduced.messages.u.reduceRight((sum, u) => mod(sum * eta + u), 0n),
  };
}

/** g, salts and blinding included (protocol section 4). */
function foldChunks(k: Kernels, oracles: readonly Oracle[], eta: bigint, point: readonly bigint[]): Vec {
  const g = k.zeros(CHUNK_SIZE + TAIL_ROWS * C);
  const tail = new Map<number, bigint>();
  let power = 1n;
  for (const oracle of oracles) {
    const weights = k.eqTable(point, power);
    if (oracle.used > 0) addChunks(k, g, oracle, k.view(weights, 0, oracle.chunks));
    oracle.tails.forEach((entries, chunk) => {
      const weight = k.get(weights, chunk);
      for (const { at, value } of entries) tail.set(at, (tail.get(at) ?? 0n) + weight * value);
    });
    power = mod(power * eta);
  }
  for (const [at, value] of tail) k.set(g, CHUNK_SIZE + at, value);
  return g;
}

/** g += sum_h weights[h] chunk_h, entries only. */
function addChunks(k: Kernels, g: Vec, oracle: Oracle, weights: Vec): void {
  const { entries, length } = oracle;
  // a sum of products with integers is reduced once: only of few terms, and of wide ones, products of the field cost less
  const many = !isVec(entries) && oracle.chunks >= entries.BYTES_PER_ELEMENT;
  if (many) {
    columnSums(k, k.view(g, 0, Math.min(CHUNK_SIZE, length)), entries, weights, CHUNK_SIZE);
    return;
  }
  for (let chunk = 0; chunk < oracle.chunks; chunk++) {
    k.scoped(() => k.addScaled(g, oracle.chunk(k, chunk), k.get(weights, chunk)));
  }
}

/** Level 2's sumcheck at its point t. */
interface SecondLevel {
  messages: Pick<OpeningMessages, 'level2' | 'u12'>;
  t: readonly bigint[];
  theta: bigint;
}

/** 6.3: both vectors of C entries at one point. */
function proveRows(session: Session, { rows, columns, gamma, mix, low, high, value }: FirstLevel): SecondLevel {
  const k = session.backend.kernels;
  const vars = range(0, COLUMN_BITS);
  const fold = (v: Vec) => poly(k.copy(v), vars);
  const [pPoly, sPoly] = [fold(rows), fold(columns)];
  // entries stand in the lowest quarter of the rows
  const entryRows = k.zeros(C);
  k.put(entryRows, k.eqTable(high));
  const [highPoly, lowPoly, powPoly] = [poly(entryRows, vars), fold(low), poly(k.powers(gamma, C), vars)];
  const level2 = sumcheck(
    k,
    [
      { weight: 1n, claim: value, positions: vars, terms: [{ coefficient: 1n, factors: [pPoly, highPoly] }] },
      {
        weight: mix,
        claim: 0n,
        positions: vars,
        terms: [
          { coefficient: 1n, factors: [pPoly, powPoly] },
          { coefficient: -1n, factors: [sPoly, lowPoly] },
        ],
      },
    ],
    COLUMN_BITS,
    2,
    session.absorb,
  );
  const u12 = [finalValue(k, pPoly), finalValue(k, sPoly)];
  const theta = session.absorb([...u12, session.nonce[NONCES.theta]]);
  return { messages: { level2: level2.messages, u12 }, t: level2.point, theta };
}

interface LastLevel {
  messages: Pick<OpeningMessages, 'p2' | 's2'>;
  points: Pick<ProofPoints, 'quotient2' | 'opening'>;
  challenges: Pick<ProofChallenges, 'gamma2' | 'z' | 'e2'>;
}

/** 6.3 and 6.4: g2 = p' + theta s as rows of C2 entries, and the last evaluation. */
async function openColumns(
  session: Session,
  { rows, columns }: FirstLevel,
  { t, theta }: SecondLevel,
): Promise<LastLevel> {
  const k = session.backend.kernels;
  const g2 = k.copy(rows);
  k.addScaled(g2, columns, theta);
  const p2 = k.toBigints(k.contractLow(g2, k.eqTable(t.slice(0, COLUMN2_BITS))));
  const gamma2 = session.absorb([...p2, session.nonce[NONCES.gamma2]]);
  const { remainder, quotient: quotient2 } = k.divide(k.copy(g2), C2, gamma2);
  const s2 = k.toBigints(remainder);
  const quotient2Point = await session.commit(quotient2);

  const h5 = session.send(quotient2Point);
  const z = session.absorb([...s2, h5, session.nonce[NONCES.z]]);
  // at z, this is s'': the contract needs no commitment to it
  k.addScaled(g2, quotient2, mod(gamma2 - power(z, BigInt(C2))));
  const openingPoint = await session.commit(k.divide(g2, 1, z).quotient);
  return {
    messages: { p2, s2 },
    points: { quotient2: quotient2Point, opening: openingPoint },
    challenges: { gamma2, z, e2: k.horner(remainder, z) },
  };
}
