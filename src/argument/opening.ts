import { NUMBERING } from '../generated/numbering.ts';
import { mod, powersOf } from '../numbers/field.ts';
import type { Claims } from './claims.ts';
import type { Vec } from './kernels.ts';
import type { Oracle, Session } from './session.ts';
import { finalValue, poly, range, sumcheck } from './sumcheck.ts';
import type { ProofPoints, ProofSignals } from './types.ts';

/** Sizes of the two-level opening (design section 6): variables of an address, of a level-1 row, of a level-2 row. */
export const ADDRESS_VARIABLES = 22;
export const COLUMN_VARIABLES = 11;
export const COLUMN2_VARIABLES = 6;
const { nonces: NONCES } = NUMBERING.shared;
const C = 2 ** COLUMN_VARIABLES;
const C2 = 2 ** COLUMN2_VARIABLES;

/** The messages of the opening, as the circuit's template names them. */
export interface OpeningMessages {
  reduce: bigint[][];
  u: bigint[];
  level2: bigint[][];
  u12: bigint[];
  p2: bigint[];
  s2: bigint[];
}

export interface OpeningResult {
  messages: OpeningMessages;
  points: Omit<ProofPoints, 'trace' | 'helper'>;
  signals: ProofSignals;
}

/**
 * Proves the claims on the oracles: reduction to one point, then the two-level square-root KZG opening (design section 6, protocol section 4). Consumes the
 * oracles' vectors. Temporaries stay in the kernels' memory until the caller releases it.
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
  const { eta } = reduced;
  const { gamma } = first;
  const { theta } = second;
  return {
    messages: { ...reduced.messages, ...second.messages, ...last.messages },
    points: { ...firstPoints, ...last.points },
    signals: { eta, gamma, theta, ...last.signals },
  };
}

/** All claims at one point (design 6.1). */
interface Reduced {
  messages: Pick<OpeningMessages, 'reduce' | 'u'>;
  /** the point */
  r: readonly bigint[];
  eta: bigint;
  /** powers of eta, one for each oracle */
  etas: readonly bigint[];
}

/** 6.1: one sumcheck over all oracles. */
function reduceClaims(session: Session, oracles: readonly Oracle[], claims: Claims): Reduced {
  const k = session.backend.kernels;
  const E = claims.weights(k, oracles);
  const folded = oracles.map(({ vec }) => poly(vec, range(0, Math.log2(vec.len)), { keep: true }));
  const reduction = sumcheck(
    k,
    [...oracles.keys()].map((o) => ({
      weight: 1n,
      claim: k.dot(oracles[o].vec, E[o]),
      positions: folded[o].positions,
      terms: [{ coefficient: 1n, factors: [folded[o], poly(E[o], folded[o].positions)] }],
      dormantDegree: 2 as const,
    })),
    ADDRESS_VARIABLES,
    2,
    session.absorb,
  );
  const r = reduction.point;
  const u = folded.map((p) =>
    mod(
      p.positions.length < ADDRESS_VARIABLES
        ? r.slice(p.positions.length).reduce((v, x) => mod(v * (1n - x)), finalValue(k, p))
        : finalValue(k, p),
    ),
  );
  const eta = session.absorb([...u, session.nonce[NONCES.eta]]);
  return { messages: { reduce: reduction.messages, u }, r, eta, etas: powersOf(eta, oracles.length) };
}

/** Level 1: g = sum eta^o f_o as rows of C entries, its row combination p' and its column combination s. */
interface FirstLevel {
  points: Pick<ProofPoints, 'rows' | 'columns' | 'quotient'>;
  rows: Vec;
  columns: Vec;
  gamma: bigint;
  mix: bigint;
  /** eq of the point's column half, and its row half */
  rLow: Vec;
  rHigh: readonly bigint[];
  /** g at the point */
  y: bigint;
}

/** 6.2 */
async function openRows(
  session: Session,
  oracles: readonly Oracle[],
  { r, etas, messages: { u } }: Reduced,
): Promise<FirstLevel> {
  const k = session.backend.kernels;
  const used = Math.max(...oracles.map((o) => o.used));
  const g = k.zeros(Math.ceil(used / C) * C);
  etas.forEach((e, o) => {
    k.addScaled(g, k.view(oracles[o].vec, 0, oracles[o].used), e);
  });
  const rLow = k.eqTable(r.slice(0, COLUMN_VARIABLES));
  const rows = k.zeros(C);
  k.put(rows, k.contractLow(g, rLow));
  const rowsPoint = await session.commit(rows, g.len / C);
  const gamma = session.absorb([session.send(rowsPoint)]);
  const { remainder: columns, quotient } = k.divide(g, C, gamma);
  session.stage('opening: commit to the quotient');
  const columnsPoint = await session.commit(columns);
  const quotientPoint = await session.commit(quotient);
  const mix = session.absorb([session.send(columnsPoint, quotientPoint)]);
  return {
    points: { rows: rowsPoint, columns: columnsPoint, quotient: quotientPoint },
    rows,
    columns,
    gamma,
    mix,
    rLow,
    rHigh: r.slice(COLUMN_VARIABLES),
    y: etas.reduce((s, e, o) => mod(s + e * u[o]), 0n),
  };
}

/** Level 2's sumcheck at its point t. */
interface SecondLevel {
  messages: Pick<OpeningMessages, 'level2' | 'u12'>;
  t: readonly bigint[];
  theta: bigint;
}

/** 6.3: both vectors of C entries at one point. */
function proveRows(session: Session, { rows, columns, gamma, mix, rLow, rHigh, y }: FirstLevel): SecondLevel {
  const k = session.backend.kernels;
  const vars = range(0, COLUMN_VARIABLES);
  const fold = (v: Vec) => poly(k.copy(v), vars);
  const [pPoly, sPoly] = [fold(rows), fold(columns)];
  const [highPoly, lowPoly, powPoly] = [poly(k.eqTable(rHigh), vars), fold(rLow), poly(k.powers(gamma, C), vars)];
  const level2 = sumcheck(
    k,
    [
      { weight: 1n, claim: y, positions: vars, terms: [{ coefficient: 1n, factors: [pPoly, highPoly] }] },
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
    COLUMN_VARIABLES,
    2,
    session.absorb,
  );
  const u12 = [finalValue(k, pPoly), finalValue(k, sPoly)];
  const theta = session.absorb([...u12, session.nonce[NONCES.theta]]);
  return { messages: { level2: level2.messages, u12 }, t: level2.point, theta };
}

interface LastLevel {
  messages: Pick<OpeningMessages, 'p2' | 's2'>;
  points: Pick<ProofPoints, 'columns2' | 'quotient2' | 'opening'>;
  signals: Pick<ProofSignals, 'gamma2' | 'z' | 'e2'>;
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
  const p2 = k.toBigints(k.contractLow(g2, k.eqTable(t.slice(0, COLUMN2_VARIABLES))));
  const gamma2 = session.absorb([...p2, session.nonce[NONCES.gamma2]]);
  const { remainder: columns2, quotient: quotient2 } = k.divide(g2, C2, gamma2);
  const s2 = k.toBigints(columns2);
  const columns2Point = await session.commit(columns2);
  const quotient2Point = await session.commit(quotient2);

  const h5 = session.send(columns2Point, quotient2Point);
  const z = session.absorb([...s2, h5, session.nonce[NONCES.z]]);
  const e2 = k.horner(columns2, z);
  const openingPoint = await session.commit(k.divide(columns2, 1, z).quotient);
  return {
    messages: { p2, s2 },
    points: { columns2: columns2Point, quotient2: quotient2Point, opening: openingPoint },
    signals: { gamma2, z, e2 },
  };
}
