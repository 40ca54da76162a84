// A proof in the making (transcript, digests, commitments), the finished proof, and the verifier that judges it.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { dormantAt, evaluate, mod, powers, type Random, range, squares, zeros } from './algebra.ts';
import {
  ADDRESS,
  type Claim,
  type ClaimTerm,
  followRounds,
  type Interference,
  layoutWords,
  type Part,
  ReferenceTranscript,
  type Slot,
  weightsOf,
} from './argument.ts';
import type { ReferenceBatch } from './batch.ts';
import {
  atTau,
  bitsOf,
  CONTEXT,
  type Context,
  chunkOf,
  countedOf,
  countsAt,
  folded,
  foldedAt,
  nextDigest,
  type Oracle,
  statementDigest,
} from './commitments.ts';
import { extraOf, refusedInference, type StatedInference } from './infer-contract.ts';
import { weighted } from './omitted.ts';
import { checkOpening, checkPairings, type Kzg, type Opening, type Outputs, open } from './opening.ts';
import { refusedParameters, refusedRecord } from './refused.ts';
import { type Repair, Sender } from './sender.ts';
import { element, elements, rows } from './sizes.ts';
import { TABLES, tablesOracle } from './tables.ts';
import { type Inputs, slotBits, type Tensors } from './tensors.ts';

const { digests: DIGEST, nonces: NONCE } = NUMBERING.shared;
const IDS = {
  ...{ data: 1, seed: 2, train: 3, import: 4, merge: 5, score: 6 },
  ...{ convSeed: 7, convTrain: 8, convImport: 9, convMerge: 10, convScore: 11 },
  ...{ infer: 12, convInfer: 13, disjoint: 14, subset: 15, sparseMerge: 16 },
};
export type ProgramName = keyof typeof IDS;
/** Programs that train, and those that score. */
const TRAINS = ['train', 'convTrain'] as const;
const SCORES = ['score', 'convScore'] as const;
type Trains = (typeof TRAINS)[number];
type Scores = (typeof SCORES)[number];
const comparesRows = (program: ProgramName): boolean => program === 'disjoint' || program === 'subset';
const isTrain = (program: ProgramName): program is Trains => (TRAINS as readonly string[]).includes(program);
const isScore = (program: ProgramName): program is Scores => (SCORES as readonly string[]).includes(program);

const isInference = (program: ProgramName) => program === 'infer' || program === 'convInfer';

/** Where a cheat interferes; the prover goes on honestly with what it finds. */
export interface Hooks<Run = unknown> {
  /** tensors and sizes before anything is committed */
  run?: (run: Run) => void;
  /** the layouts: bits are what is claimed; what stands where stays */
  slots?: (slots: Record<string, Slot>) => void;
  /** before the multiplicities are counted */
  trace?: (tensors: Tensors) => void;
  multiplicities?: (mult: bigint[], mult2?: bigint[]) => void;
  helper?: (tensors: Tensors, beta: bigint, traced: Tensors, alpha?: bigint) => void;
  /** a vector on its way to the commitment, the tables too; `name` is that of the numbering */
  committed?: (name: string, oracle: Oracle) => void;
  /** where a program has sums; tau is the zero-checks' point */
  sums?: (sums: bigint[], tau: readonly bigint[]) => void;
  /** where a trace, a helper and the models of a network are moved to, in entries */
  moved?: { trace?: number; helper?: number; model?: number };
  /**
   * a message about to be sent: 'sums', 'batch1 k', 'evals1', 'sums2', 'batch2 k', 'evals2', 'reduce k', 'u', 'rows' (p'),
   * 'columns' (s), 'level2 k', 'u12', 'p2', 's2'
   */
  message?: Interference;
  /** what becomes of the mask of the chunk's coordinates, which is no message of the transcript */
  chunkMask?: (mask: bigint[]) => bigint[];
  /** entries by which a cheat makes the check of a message hold: 'evals1', 'evals2', 'u', 'u12', 'p2', 's2' */
  repair?: Repair;
}

/** What a cheat on any program can interfere with. */
export type AnyHooks = Omit<Hooks<never>, 'run'>;

/** Challenges of a verifier up to the reduction. */
export interface Challenges {
  beta: bigint;
  /** weight of a looked-up pair's value; only train and score have one */
  alpha: bigint;
  r?: bigint;
  squares: bigint[];
  /** powers of lambda */
  lambda: bigint[];
  /** the point of batch 1 */
  point: bigint[];
  /** powers of mu2, and the point of batch 2 */
  mu2: bigint[];
  zeta: bigint[];
}

export interface ReferenceMessages {
  sums: bigint[];
  evals1: bigint[];
  sums2: bigint[];
  evals2: bigint[];
}

/** What the verifier knows of a program. `View` are its sizes, read from the private fields of the descriptors. */
export interface VerifiedProgram<View = unknown> {
  program: ProgramName;
  rounds: number;
  degree: number;
  /** @throws RangeError where a size is out of range */
  view: (inputs: Inputs) => View & { failed: string[] };
  /** claims of the relations of batch 1, by number; the others are 0 */
  claimed: (view: View, sums: readonly bigint[]) => Record<number, bigint>;
  /** what the summed polynomial of batch 1 is at its point, by the evaluations */
  batch: (view: View, c: Challenges, m: ReferenceMessages, add: AddRelation) => void;
  batch2?: (view: View, c: Challenges, m: ReferenceMessages, add: AddRelation2) => void;
  claims: (view: View, c: Challenges, m: ReferenceMessages) => Claim[];
  /** names of what the evaluations alone break */
  broken?: (m: ReferenceMessages) => string[];
  /** signals that h_0 cannot hold, by the challenges x and r and the sums */
  late?: (x: bigint, sums: readonly bigint[], r: bigint) => Record<string, bigint>;
}

/** Adds a relation's value; positions are the variables that are not dormant. */
export type AddRelation = (index: number, positions: readonly number[], value: bigint) => void;
export type AddRelation2 = (index: number, value: bigint) => void;

/** The value of a batch at its point by the evaluations. */
export function expectedBatch<V>(program: VerifiedProgram<V>, view: V, c: Challenges, m: ReferenceMessages): bigint {
  let total = 0n;
  const dormant = new Map<string, bigint>();
  program.batch(view, c, m, (index, positions, value) => {
    const key = `${positions}`;
    if (!dormant.has(key)) dormant.set(key, dormantAt(positions, c.point));
    total += mod(c.lambda[index] * dormant.get(key)!) * mod(value);
  });
  return mod(total);
}

export function expectedBatch2<V>(program: VerifiedProgram<V>, view: V, c: Challenges, m: ReferenceMessages): bigint {
  let total = 0n;
  program.batch2!(view, c, m, (index, value) => {
    total += c.mu2[index] * mod(value);
  });
  return mod(total);
}

export const claimedSum = (weights: readonly bigint[], claimed: Record<number, bigint>): bigint =>
  mod(Object.entries(claimed).reduce((s, [index, v]) => s + weights[Number(index)] * v, 0n));

/** What batch 2 sums to: the sums after batch 1, then F3 of every layer. */
export function claimed2(program: Trains, { sums, sums2 }: ReferenceMessages): bigint[] {
  const { sums: SUM, relations2: R2 } = NUMBERING[program];
  return [...sums2, ...range(R2.count - sums2.length).map((l) => sums[SUM.F3(l + 1)])];
}

/** Values at tau of all commitments of a proof. */
export interface Commitments {
  /** of the program's oracles in opening order, chunk by chunk, without the one that the contract has itself */
  oracles: Record<string, bigint[]>;
  kzg: Kzg;
}

export interface Reference {
  program: ProgramName;
  /** circuit inputs by name */
  inputs: Inputs;
  /** what the circuit outputs, for the fold in the inputs */
  outputs: { c: bigint; v: bigint };
  signals: bigint[];
  /** what the trainer hands the contract */
  context: Context;
  extra: bigint[];
  /** the counts of a score, as the contract is sent them; none where none are stated */
  counts?: bigint[];
  /** what is stated of an inference */
  inference?: StatedInference;
  record?: bigint[];
  commitments: Commitments;
  /** false relations and claims by number, as the prover knows them */
  violated: { relations: number[]; relations2: number[]; claims: number[] };
  /** by how much the committed vectors exceed what each false claim says */
  errors: ReadonlyMap<number, bigint>;
}

/** Programs that look up pairs, of the tables that are fixed for ever. */
const hasPairs = (program: ProgramName): boolean => isTrain(program) || isScore(program);

/** A proof in the making. */
export class ReferenceRun {
  readonly program: ProgramName;
  readonly h: bigint[] = [];
  readonly nonce: bigint[];
  readonly transcript: ReferenceTranscript;
  readonly sender: Sender;
  readonly extra: bigint[];
  readonly oracles: Record<string, Oracle> = {};
  readonly #logs: Record<string, bigint[]> = {};
  readonly #hooks: Hooks<never>;

  /** @param parameters public ones in the order of the signals; @param statement committed before the statement is made */
  constructor(
    program: ProgramName,
    random: Random,
    hooks: Hooks<never>,
    { parameters, extra, statement }: { parameters: bigint[]; extra: bigint[]; statement: Record<string, Oracle> },
  ) {
    if (hasPairs(program)) {
      this.oracles.tables = tablesOracle();
      hooks.committed?.('tables', this.oracles.tables);
    }
    this.program = program;
    this.extra = extra;
    this.#hooks = hooks;
    this.nonce = range(NONCE.count).map(() => random.element());
    this.sender = new Sender(hooks.message, hooks.repair);
    for (const [name, oracle] of Object.entries(statement)) this.#commit(name, oracle);
    const logs = Object.values(this.#logs).flat();
    this.h[DIGEST.statement] = statementDigest(CONTEXT, IDS[program], [...parameters, ...extra], logs);
    this.transcript = new ReferenceTranscript(this.h[DIGEST.statement]);
  }

  #commit(name: string, oracle: Oracle): bigint[] {
    this.#hooks.committed?.(name, oracle);
    this.oracles[name] = oracle;
    this.#logs[name] = range(oracle.chunks).map((k) => atTau(chunkOf(oracle, k)));
    return this.#logs[name];
  }

  /** Commits to the trace or the helper. @returns beta or x */
  commit(which: 'trace' | 'helper', oracle: Oracle): bigint {
    const before = which === 'trace' ? DIGEST.statement : DIGEST.trace;
    this.h[DIGEST[which]] = nextDigest(this.h[before], this.#commit(which, oracle));
    const { names } = NUMBERING[this.program][which];
    return this.transcript.absorb([this.h[DIGEST[which]], ...layoutWords(slotBits(oracle.slots, names))]);
  }

  /** alpha, drawn after beta. */
  pairs(): bigint {
    return this.transcript.absorb([0n]);
  }

  fingerprints(): bigint {
    return this.transcript.absorb([0n]);
  }

  /** Opens the claims and makes the circuit's inputs. */
  finish(
    claims: Claim[],
    rho: bigint,
    own: Inputs,
    violated: Omit<Reference['violated'], 'claims' | 'relations2'> & { relations2?: number[] },
    late: Record<string, bigint> = {},
  ): Reference {
    const { h, nonce, sender, program, extra } = this;
    const names: readonly string[] = NUMBERING[program].oracles.names;
    const oracles = names.map((name) => this.oracles[name]);
    const { opening, kzg, outputs } = open(oracles, claims, rho, {
      h,
      nonce,
      sender,
      changeMask: this.#hooks.chunkMask,
    });
    const inputs: Inputs = { ...own, h, nonce, ...opening };
    const signals = signalsOf(program, { ...inputs, ...late }, outputs);
    const { fold, ...values } = folded(signals);
    const errors = claimErrors(oracles, claims);
    return {
      program,
      inputs: { ...inputs, fold },
      outputs: values,
      signals,
      context: CONTEXT,
      extra,
      commitments: { oracles: this.#logs, kzg },
      violated: { relations2: [], ...violated, claims: [...errors.keys()] },
      errors,
    };
  }
}

/** The claims that the committed vectors do not fulfil. */
function claimErrors(oracles: readonly Oracle[], claims: readonly Claim[]): Map<number, bigint> {
  const termValue = ({ oracle, slot, point, coefficient }: ClaimTerm): bigint => {
    if (slot.present === 0n || coefficient === 0n) return 0n;
    // claimed bits that are no bits have the weights of no place: such a slot is read as if it began at 0
    const offset = slot.bits.reduce((s, b, t) => s + (b === 1n ? 2 ** t : 0), 0);
    const { vector } = oracles[oracle];
    const own = weightsOf(point).map((weight, i) => weight * (vector[offset + i] ?? 0n));
    return coefficient * slot.present * mod(own.reduce((a, b) => a + b, 0n));
  };
  const errors = claims.map(({ value, terms }) => mod(terms.reduce((s, t) => s + termValue(t), 0n) - value));
  return new Map([...errors.entries()].filter(([, error]) => error !== 0n));
}

/** The signals in their order: outputs, digests, parameters, those of score that h_0 cannot hold. */
export function signalsOf(program: ProgramName, inputs: Inputs, { y, ...o }: Outputs): bigint[] {
  const h = elements(inputs, 'h');
  const { names } = NUMBERING[program].signals;
  return names.map((name) => {
    const [, family, number] = /^(h|y|layout|coefficients|set|slots|counts)_(\d+)$/.exec(name) ?? [];
    if (family === 'y') return y[Number(number)];
    if (family === 'h') return h[Number(number)];
    if (family) return elements(inputs, family)[Number(number) - 1];
    return name in o ? o[name as 'eta'] : element(inputs, name);
  });
}

const openingOf = (inputs: Inputs): Opening => ({
  reduce: rows(inputs, 'reduce'),
  u: elements(inputs, 'u'),
  level2: rows(inputs, 'level2'),
  u12: elements(inputs, 'u12'),
  p2: elements(inputs, 'p2'),
  s2: elements(inputs, 's2'),
  chunkMask: elements(inputs, 'chunkMask'),
});

/** Every check of a circuit, by name. @returns what fails, and the signals */
export function checkCircuit<V>(program: VerifiedProgram<V>, inputs: Inputs): { failed: string[]; signals: bigint[] } {
  const view = program.view(inputs);
  const failed = [...view.failed];
  const { trace, helper, relations, squares: SQ, claims: C, oracles } = NUMBERING[program.program];
  const [h, nonce] = [elements(inputs, 'h'), elements(inputs, 'nonce')];
  const m: ReferenceMessages = {
    sums: elements(inputs, 'sums'),
    evals1: elements(inputs, 'evals1'),
    sums2: elements(inputs, 'sums2'),
    evals2: elements(inputs, 'evals2'),
  };
  const transcript = new ReferenceTranscript(h[DIGEST.statement]);
  const [traced, helped] = [rows(inputs, 'traceOffset'), rows(inputs, 'helperOffset')];
  if (traced.length !== trace.count || helped.length !== helper.count) throw new RangeError('layouts');
  if (![...traced, ...helped].every((o) => o.length === ADDRESS && o.every((b) => b === 0n || b === 1n)))
    failed.push('offsets');
  const r = comparesRows(program.program) ? transcript.absorb([0n]) : 0n;
  let beta = transcript.absorb([h[DIGEST.trace], ...layoutWords(traced)]);
  if (program.program === 'sparseMerge') beta = transcript.absorb(elements(inputs, 'thresholds'));
  const alpha = hasPairs(program.program) ? transcript.absorb([0n]) : 0n;
  const x = transcript.absorb([h[DIGEST.helper], ...layoutWords(helped)]);
  const lambda = weighted('relations', powers(transcript.absorb([...m.sums, nonce[NONCE.lambda]]), relations.count));
  const claim = claimedSum(lambda, program.claimed(view, m.sums));
  const first = followRounds(claim, rows(inputs, 'batch1'), transcript);
  const drawn = { beta, alpha, r, squares: squares(x, SQ.count), lambda };
  const c: Challenges = { ...drawn, point: first.point, mu2: [], zeta: [] };
  if (first.value !== expectedBatch(program, view, c, m)) failed.push('batch');
  failed.push(...(program.broken?.(m) ?? []));
  if (program.batch2 && isTrain(program.program)) {
    const { relations2 } = NUMBERING[program.program];
    c.mu2 = weighted('relations2', powers(transcript.absorb([...m.evals1, ...m.sums2]), relations2.count));
    const claims = claimed2(program.program, m);
    const second = followRounds(claimedSum(c.mu2, { ...claims }), rows(inputs, 'batch2'), transcript);
    c.zeta = second.point;
    if (second.value !== expectedBatch2(program, view, c, m)) failed.push('batch 2');
  }
  const rho = transcript.absorb(program.batch2 ? m.evals2 : m.evals1);
  const claims = program.claims(view, c, m);
  if (claims.length !== C.count || claims.some((v) => !v)) throw new Error('a claim is missing');
  const opened = checkOpening(oracles.count, claims, rho, openingOf(inputs), { h, nonce });
  failed.push(...opened.failed);
  const late = program.late?.(x, m.sums, r) ?? {};
  return { failed, signals: signalsOf(program.program, { ...inputs, ...late }, opened.outputs) };
}

/** The contract's checks: digests, fold, v and the equations between points. */
export function checkContract(
  { program, inputs, outputs, context, extra, counts = [], inference, record = [], commitments }: Reference,
  signals: readonly bigint[],
): string[] {
  const failed: string[] = [];
  const { kzg } = commitments;
  const names: readonly string[] = NUMBERING[program].oracles.names;
  const logs: Record<string, bigint[]> = { ...commitments.oracles, tables: [TABLES] };
  const statement = Object.entries(commitments.oracles)
    .filter(([name]) => name !== 'trace' && name !== 'helper')
    .flatMap(([, chunks]) => chunks);
  const { signals: S } = NUMBERING[program];
  const own = isScore(program) ? NUMBERING[program].signals : undefined;
  const late = isInference(program) ? NUMBERING[program].signals : own;
  const bound = program === 'disjoint' ? NUMBERING.disjoint.signals.r : late?.x;
  const parameters = signals.slice(S.h(DIGEST.count - 1) + 1, bound);
  // of a score the contract hashes the counts, and finds their signal itself
  const ofCounts = own ? [countedOf(counts)] : program === 'disjoint' ? [countedOf(record)] : extra;
  const read = isInference(program) ? extraOf(inference!) : ofCounts;
  if (isInference(program)) failed.push(...refusedInference(program, inference!, signals));
  if (program === 'disjoint') failed.push(...refusedRecord(signals, record, logs.second.length));
  if (own) {
    const field = (at: bigint, length: number) => BigInt.asUintN(length, signals[own.shard] >> at);
    const [outputs, classes, labels] = [Number(field(12n, 12)) + 1, field(36n, 1) === 1n, field(89n, 1) === 1n];
    const length = classes ? outputs ** 2 : labels ? outputs : 0;
    if (![0, length].includes(counts.length) || signals[own.counts] !== countsAt(counts, classes, signals[own.x]))
      failed.push('counts');
  }
  if (program.startsWith('conv')) failed.push(...refusedParameters(program, signals, extra));
  const h = [statementDigest(context, IDS[program], [...parameters, ...read], statement)];
  for (const next of [logs.trace, logs.helper, [kzg.rows], [kzg.columns, kzg.quotient], [kzg.quotient2]])
    h.push(nextDigest(h[h.length - 1], next));
  h.forEach((digest, k) => {
    if (digest !== signals[S.h(k)]) failed.push(`h_${k}`);
  });
  const { c, fold } = folded(signals);
  if (c !== outputs.c) failed.push('c');
  if (fold !== element(inputs, 'fold')) failed.push('fold');
  if (foldedAt(signals, fold) !== outputs.v) failed.push('v');
  const [eta, gamma, theta, gamma2, z, e2] = signals;
  // b is the contract's own, and so are zeros in place of the coordinates that no chunk has
  const bits = bitsOf(names.map((name) => logs[name].length));
  if (signals[S.bits] !== BigInt(bits)) failed.push('bits');
  const y = signals.slice(S.y(0), S.y(7) + 1);
  y.forEach((coordinate, k) => {
    if (k >= bits && coordinate !== 0n) failed.push(`y_${k}`);
  });
  const rest = signals[S.rest];
  failed.push(
    ...checkPairings(
      names.map((name) => logs[name]),
      kzg,
      { eta, gamma, theta, gamma2, z, e2, y, rest, bits: BigInt(bits) },
    ),
  );
  return failed;
}

/**
 * Proves the one batch of a program and opens its claims. `evaluate` gives the honest evaluations at the batch's point,
 * `own` are the descriptors' fields, the layouts and the sums as they were sent.
 */
export function proveOneBatch<V>(
  proof: ReferenceRun,
  program: VerifiedProgram<V>,
  own: Inputs,
  {
    beta,
    alpha = 0n,
    r = 0n,
    squares: sq,
    batch,
    evaluate: evaluations,
  }: {
    beta: bigint;
    alpha?: bigint;
    r?: bigint;
    squares: bigint[];
    batch: ReferenceBatch;
    evaluate: (point: readonly bigint[], evals: bigint[]) => void;
  },
): Reference {
  const { transcript, sender, nonce } = proof;
  const { relations, evaluations: E } = NUMBERING[program.program];
  const view = program.view(own);
  const sums = elements(own, 'sums');
  const lambda = weighted('relations', powers(transcript.absorb([...sums, nonce[NONCE.lambda]]), relations.count));
  const start = transcript.state;
  const { rounds, degree } = program;
  const batch1 = batch.prove(lambda, transcript, { rounds, degree, stage: 'batch1', sender });
  const goal = followRounds(
    claimedSum(lambda, program.claimed(view, sums)),
    batch1.messages,
    new ReferenceTranscript(start),
  ).value;
  const c: Challenges = { beta, alpha, r, squares: sq, lambda, point: batch1.point, mu2: [], zeta: [] };
  const honest = zeros(E.count);
  evaluations(batch1.point, honest);
  const m: ReferenceMessages = { sums, evals1: honest, sums2: [], evals2: [] };
  m.evals1 = sender.send('evals1', honest, undefined, (e) =>
    mod(goal - expectedBatch(program, view, c, { ...m, evals1: e })),
  );
  const rho = transcript.absorb(m.evals1);
  return proof.finish(
    program.claims(view, c, m),
    rho,
    { ...own, batch1: batch1.messages, evals1: m.evals1 },
    { relations: batch.violated() },
    program.late?.(sq[0], sums, r),
  );
}

/** One term at a point for claims. */
export const claimTerm = (oracle: number, slot: Slot, point: readonly Part[], coefficient = 1n): ClaimTerm => ({
  oracle,
  slot,
  point,
  coefficient: mod(coefficient),
});

/** A claim on one tensor. */
export const claimOf = (value: bigint, ...terms: ClaimTerm[]): Claim => ({ value: mod(value), terms });

export const evaluateAt = (tensor: readonly bigint[], point: readonly bigint[]): bigint =>
  evaluate(tensor.map(mod), point);
