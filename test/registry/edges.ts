// An edge of every program, well-formed and consistent; nobody proved them.
import { bn254 } from '@noble/curves/bn254.js';
import { getAddress } from 'viem';
import type { Point, Proof } from '../../src/argument/types.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { encodeShard } from '../../src/model/shape.ts';
import { P, R } from '../../src/numbers/field.ts';
import type { Edge } from '../../src/registry/edge.ts';
import type { EdgeRun, TrainEdge } from '../../src/registry/edgeRun.ts';
import { shardId } from '../../src/registry/ids.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';

export const REGISTRY = getAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3');
export const TRAINER = getAddress('0x70997970c51812dc3a010c7d01b50e0d17dc79c8');
export const SHARD = { inputs: 5, outputs: 3, rows: 16, kind: 'classes' } as const;
export const WIDTHS = [5, 4, 3];

const setId = ({ shape, commitment }: { shape: typeof SHARD; commitment: Point[] }) =>
  shardId(commitment, encodeShard(shape));
/** Sets in the order of their ids. */
const SETS = [26n, 27n]
  .map((scalar) => ({ shape: SHARD, commitment: [point(scalar)] }))
  .sort((a, b) => (setId(a) < setId(b) ? -1 : 1));

export const STATEMENTS: Statement[] = [
  { program: 'data', shard: SHARD, schema: `0x${'7a'.repeat(32)}`, commitment: [point(1n)] },
  {
    program: 'seed',
    requestId: 7n,
    widths: WIDTHS,
    head: 'softmax',
    seed: R - 1n,
    secret: `0x${'5e'.repeat(32)}`,
    commitment: [point(2n)],
  },
  {
    program: 'train',
    widths: WIDTHS,
    head: 'sigmoid',
    parent: [point(3n)],
    shard: SHARD,
    shardCommitment: [point(4n)],
    learningRate: 64,
    batch: 4,
    passes: 8,
    smoothing: 3,
    child: [point(5n)],
  },
  {
    program: 'import',
    widths: WIDTHS,
    head: 'softmax',
    commitment: [point(6n)],
    source: `0x${'5c'.repeat(32)}`,
    schema: `0x${'7b'.repeat(32)}`,
  },
  {
    program: 'merge',
    widths: WIDTHS,
    head: 'sigmoid',
    child: [point(7n)],
    parents: [[point(8n)], [point(9n)], [point(10n)]],
    coefficients: [
      [2 ** 14, 0, 1 - 2 ** 17],
      [5, 6, 7],
    ],
  },
  {
    program: 'score',
    widths: WIDTHS,
    head: 'squared error',
    model: [point(8n)],
    shard: SHARD,
    shardCommitment: [point(9n)],
    result: 11n,
    loss: 0n,
    absolute: 0n,
    k: 2,
    top: 12n,
    counts: Uint16Array.of(4, 0, 1, 0, 2, 0, 0, 1, 3),
    point: R - 2n,
  },
  {
    program: 'infer',
    widths: WIDTHS,
    head: 'softmax',
    model: [point(8n)],
    rows: 16,
    input: [point(9n)],
    shard: SHARD,
    inputs: null,
    output: [point(10n)],
    outputs: `0x${'ff01'.repeat(48)}`,
    point: R - 3n,
  },
  {
    program: 'disjoint',
    shard: SHARD,
    shardCommitment: [point(22n)],
    other: { ...SHARD, outputs: 1, rows: 3, kind: 'regression' },
    otherCommitment: [point(23n)],
    record: null,
    point: R - 3n,
  },
  {
    program: 'subset',
    shard: SHARD,
    shardCommitment: [point(25n)],
    sets: SETS,
    list: { registrar: TRAINER, shardIds: SETS.map(setId), uri: 'ipfs://rows' },
  },
];
export const PROOF: Proof = {
  groth16: [1n, 2n, 3n, 4n, 5n, 6n, 7n, P - 1n],
  points: {
    trace: [point(11n), point(19n), point(20n)],
    helper: [point(12n), point(21n)],
    rows: point(13n),
    columns: point(14n),
    quotient: point(15n),
    quotient2: point(17n),
    opening: point(18n),
  },
  challenges: {
    eta: 21n,
    gamma: 22n,
    theta: 23n,
    gamma2: 24n,
    z: 25n,
    e2: R - 1n,
    chunk: [31n, 32n, 33n],
    digest: 38n,
  },
};
const edgeOf = (statement: Statement): Edge => ({
  context: { chainId: 31337n, registry: REGISTRY, trainer: TRAINER },
  statement,
  proof: PROOF,
  verificationKey: `0x${'ab'.repeat(32)}`,
  devKeys: true,
  metadata: { name: 'first <b>edge</b>', note: 'line\n\u0000"quoted"' },
});
export const EDGES: Edge[] = STATEMENTS.map(edgeOf);

/** Of a record in place of a second shard. */
export const RECORD_EDGE: Edge = edgeOf({
  program: 'disjoint',
  shard: SHARD,
  shardCommitment: [point(24n)],
  other: { inputs: 5, outputs: 1, rows: 1, kind: 'regression' },
  otherCommitment: [],
  record: Int32Array.of(-(2 ** 15), 2 ** 15 - 1, 0, -1, 1),
  point: 5n,
});

/** 32 x 32 numbers, of pictures of 28 x 28, and two layers, as a merge above has. */
const PICTURES = { ...SHARD, inputs: 1024 };
/** The same statements of a convolutional network. */
export const NETWORK_EDGES: Edge[] = STATEMENTS.filter((statement) => 'widths' in statement).map((statement) => {
  const { widths: _, head: __, ...rest } = statement as Extract<Statement, { head?: unknown }>;
  const head = rest.program === 'train' ? 'softmax' : rest.program === 'score' ? 'squared error' : 'sigmoid';
  const network = parseNetwork('28x28x1-a2-c8k5s2p2-3', head);
  return edgeOf({ ...rest, ...('shard' in rest && { shard: PICTURES }), network } as Statement);
});

/** A chain of three trainings, of which the first and the last are kept. */
export const RUN: EdgeRun = {
  edges: [0, 1, 2].map((k) => {
    const edge = EDGES[2] as TrainEdge;
    const [parent, child] = [50n, 51n].map((at) => [point(at + BigInt(k))]);
    return { ...edge, statement: { ...edge.statement, parent, child, shardCommitment: [point(60n + BigInt(k % 2))] } };
  }),
  keep: [true, false, true],
};

export function point(scalar: bigint): Point {
  const { x, y } = bn254.G1.Point.BASE.multiply(scalar).toAffine();
  return { x, y };
}
