import { Claims } from '../../argument/claims.ts';
import type { Kernels, Vec } from '../../argument/kernels.ts';
import { open } from '../../argument/opening.ts';
import type { Oracle } from '../../argument/oracle.ts';
import type { Session } from '../../argument/session.ts';
import { finalValue, type Poly, poly, range, type SumcheckResult, sumcheck } from '../../argument/sumcheck.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import { encodeShard } from '../../model/shape.ts';
import type { Shard } from '../../model/shard.ts';
import { MAX_SETS, SIZE_BITS } from '../../numbers/constants.ts';
import { mod, powersOf, squaresOf } from '../../numbers/field.ts';
import {
  type ArgumentResult,
  blindHelper,
  blindTrace,
  type CircuitInputs,
  finish,
  offsetBits,
  sendOracle,
  slottedOracle,
} from '../common.ts';
import { absentOracle, shardOracle } from '../oracles.ts';
import { minus, term } from '../sumcheckBatch.ts';
import { everyRow, fingerprintClaim, fingerprints, ROWS, realRows, sideInputs } from './fingerprints.ts';

const { oracles: O, squares: Q, trace: T, helper: H, relations: R, evaluations: E, claims: C } = NUMBERING.subset;

/** A shard and those of which all its rows are, inputs and labels. */
export interface SubsetWitness {
  shard: Shard;
  /** 1..16 of the same inputs, outputs and kind */
  sets: readonly Shard[];
}

/** The shard, or set `number`, with what the steps after the commitments work with. */
interface Member {
  /** 0 for the shard */
  number: number;
  shard: Shard;
  oracle: Oracle;
  phi: Vec;
  /** its real rows' fingerprints */
  values: bigint[];
}

/**
 * Program subset (protocol section 14): every row of a shard is a row of one of the sets. The statement must bind the commitments to all of
 * them.
 * @throws RangeError for a row that no set has
 */
export async function proveSubset(session: Session, { shard, sets }: SubsetWitness): Promise<ArgumentResult> {
  const { kernels: k } = session.backend;

  // 1. trace: how often each row of a set occurs
  session.stage('trace');
  const r = session.absorb([0n]);
  const members = [shard, ...sets].map((own, number): Member => {
    const phi = fingerprints(k, own, r, 'row');
    return { number, shard: own, oracle: shardOracle(own), phi, values: k.toBigints(k.view(phi, 0, own.rows)) };
  });
  const counts = countRows(members);
  const trace = slottedOracle(T.names.map((name) => ({ name, log2: SIZE_BITS })));
  range(1, MAX_SETS).forEach((number) => {
    trace.put(`m_${number}`, counts[number] ?? new Int32Array(ROWS));
  });
  blindTrace(trace);
  const { points: tracePoints, challenge: beta } = await sendOracle(session, trace, T.names);

  // 2. helper: inverses, times the counts in the sets
  session.stage('inverses');
  const helper = slottedOracle(H.names.map((name) => ({ name, log2: SIZE_BITS })));
  for (const member of members) putInverses(k, helper, member, counts[member.number], beta);
  blindHelper(helper);
  const { points: helperPoints, challenge: x } = await sendOracle(session, helper, H.names);

  // 3. the batch
  session.stage('sumcheck');
  const { batch1, evals1 } = proveBatch(session, members, { trace, helper, beta, tau: squaresOf(x, Q.count) });

  // 4. the claims
  const claims = new Claims(session.absorb(evals1), C.count);
  const rho = batch1.point;
  for (const member of members) addFingerprints(claims, member, evals1, r, rho);
  addTensors(claims, evals1, rho, trace, helper);
  const absent = range(sets.length, MAX_SETS - sets.length).map(absentOracle);
  const opened = await open(session, [...members.map(({ oracle }) => oracle), ...absent, trace, helper], claims);
  const { parameters, inputs } = publicInputs(shard, sets);
  return finish(session, { trace: tracePoints, helper: helperPoints }, opened, parameters, {
    ...inputs,
    traceOffset: offsetBits(trace, T.names),
    helperOffset: offsetBits(helper, H.names),
    batch1: batch1.messages,
    evals1,
  });
}

/** How often rows of each set stand for rows of the shard, by the number of the set; each row of the shard is counted once. */
function countRows([shard, ...sets]: readonly Member[]): Record<number, Int32Array> {
  const places = new Map<bigint, [number: number, row: number]>();
  for (const { number, values } of sets) {
    for (const [row, value] of values.entries()) places.set(value, [number, row]);
  }
  const counts = Object.fromEntries(sets.map(({ number }) => [number, new Int32Array(ROWS)]));
  shard.values.forEach((value, row) => {
    const place = places.get(value);
    if (place === undefined) throw new RangeError(`row ${row} of the shard is in none of the sets`);
    counts[place[0]][place[1]]++;
  });
  return counts;
}

/** hS, or h of a set, whose entries are 0 where no row of the shard counts. */
function putInverses(k: Kernels, helper: Oracle, member: Member, counts: Int32Array | undefined, beta: bigint): void {
  const slot = helper.field(k, member.number === 0 ? 'hS' : `h_${member.number}`);
  k.scoped(() => {
    const { rows } = member.shard;
    const inverses = k.constMinus(beta, k.view(member.phi, 0, rows));
    k.invert(inverses);
    k.put(slot, counts ? k.mul(inverses, k.fromIntegers(counts.subarray(0, rows))) : inverses);
  });
}

/** What each member lacks to beta, and that the sums of the inverses agree. */
function proveBatch(
  session: Session,
  members: readonly Member[],
  { trace, helper, beta, tau }: { trace: Oracle; helper: Oracle; beta: bigint; tau: readonly bigint[] },
): { batch1: SumcheckResult; evals1: bigint[] } {
  const { kernels: k } = session.backend;
  const at = range(0, SIZE_BITS);
  const weight = powersOf(session.absorb([session.nonce[NUMBERING.shared.nonces.lambda]]), R.count);
  const evals1 = new Array<bigint>(E.count).fill(0n);
  const batch1 = k.scoped(() => {
    const eq = poly(k.eqTable(tau), at);
    const shares: Poly[] = [];
    const read: (() => void)[] = [];
    const instances = members.map(({ number, shard, phi }) => {
      const h = poly(helper.values(k, number === 0 ? 'hS' : `h_${number}`), at);
      const lacking = poly(everyRow(k, k.constMinus(beta, phi)), at);
      const real = poly(realRows(k, shard.rows), at);
      const m = number === 0 ? [] : [poly(trace.values(k, `m_${number}`), at)];
      shares.push(h);
      read.push(() => {
        evals1[number === 0 ? E.phiS : E.phi(number)] = mod(beta - finalValue(k, lacking));
        evals1[number === 0 ? E.hS : E.h(number)] = finalValue(k, h);
        for (const own of m) evals1[E.m(number)] = finalValue(k, own);
      });
      return {
        weight: weight[number === 0 ? R.inside : R.offered(number)],
        claim: 0n,
        positions: at,
        terms: [term(eq, h, lacking), minus(eq, real, ...m)],
      };
    });
    const terms = shares.map((h, i) => (i === 0 ? term(h) : minus(h)));
    const logUp = { weight: weight[R.logUp], claim: 0n, positions: at, terms };
    const result = sumcheck(k, [...instances, logUp], SIZE_BITS, 3, session.absorb);
    for (const evaluate of read) evaluate();
    return result;
  });
  return { batch1, evals1 };
}

function addFingerprints(
  claims: Claims,
  { number, shard, oracle }: Member,
  evals1: readonly bigint[],
  r: bigint,
  rho: readonly bigint[],
): void {
  const [phi, own] = number === 0 ? [C.phiS, O.shard] : [C.phi(number), O.set(number)];
  claims.add(phi, evals1[phi], fingerprintClaim(own, oracle, shard, r, rho, 'row'));
}

/** Every tensor at the batch's point: those of absent sets are 0 and have their slots all the same. */
function addTensors(
  claims: Claims,
  evals1: readonly bigint[],
  rho: readonly bigint[],
  trace: Oracle,
  helper: Oracle,
): void {
  const inHelper = (slot: string) => [{ oracle: O.helper, offset: helper.slots[slot].offset, point: rho }];
  claims.add(C.hS, evals1[E.hS], inHelper('hS'));
  for (const number of range(1, MAX_SETS)) {
    const inTrace = [{ oracle: O.trace, offset: trace.slots[`m_${number}`].offset, point: rho }];
    claims.add(C.m(number), evals1[E.m(number)], inTrace);
    claims.add(C.h(number), evals1[E.h(number)], inHelper(`h_${number}`));
  }
}

/** The statement's parameters in order, and the circuit's inputs that say how large everything is. */
function publicInputs(shard: Shard, sets: readonly Shard[]): { parameters: bigint[]; inputs: CircuitInputs } {
  const padded = <T>(list: readonly T[], zero: T): T[] => [
    ...list,
    ...new Array<T>(MAX_SETS + 1 - list.length).fill(zero),
  ];
  const { rows1, places } = sideInputs([shard, ...sets]);
  const [own, ...ofSets] = padded([shard, ...sets].map(encodeShard), 0n);
  const count = BigInt(sets.length);
  const nowhere = offsetBits({ slots: {} }, NUMBERING.shared.shard.names);
  return {
    parameters: [own, count, ...ofSets],
    inputs: {
      shard: own,
      sets: count,
      set: ofSets,
      present: range(0, MAX_SETS).map((i) => (i < sets.length ? 1n : 0n)),
      inputs1: BigInt(shard.inputs - 1),
      outputs1: BigInt(shard.outputs - 1),
      rows1: padded(rows1 as bigint[], 0n),
      classes: shard.kind === 'classes' ? 1n : 0n,
      labels: shard.kind === 'labels' ? 1n : 0n,
      places: padded(places as bigint[][][], nowhere),
    },
  };
}
