import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
// @ts-expect-error: snarkjs has no types
import { wtns } from 'snarkjs';
import { type CompiledBaseline, compileBaseline, countProducts } from '../../bench/baseline/compile.ts';
import {
  type BaselineSizes,
  committedConstraints,
  committedInputs,
  committedMain,
  flatWeights,
  parameterCount,
  segmentConstraints,
  segmentInputs,
  segmentMain,
  spongeConstraints,
  spongeMain,
} from '../../bench/baseline/instance.ts';
import { TrainingRangeError } from '../../src/errors/TrainingRangeError.ts';
import type { Weights } from '../../src/model/weights.ts';
import { mod, R } from '../../src/numbers/field.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { random, randomShard, randomWeights } from '../training/helpers.ts';

const LR = 3;
/** Two steps, so that the second one depends on the first one's update. */
const SIZES: BaselineSizes = { widths: [3, 5, 4, 2], rows: 4, batch: 2 };
const SHALLOW: BaselineSizes = { widths: [4, 3], rows: 2, batch: 1 };
/** Parameters and data fill more than one block of 16 elements each. */
const COMMITTED: BaselineSizes = { widths: [5, 3], rows: 2, batch: 2 };

function makeCase({ widths, rows }: BaselineSizes, seed: number) {
  const next = random(seed);
  const outputs = widths[widths.length - 1];
  const weights = randomWeights(widths, next);
  return { weights, shard: randomShard({ inputs: widths[0], outputs, rows, kind: 'regression' }, next) };
}

async function witnessOf({ wasm }: CompiledBaseline, inputs: unknown): Promise<bigint[]> {
  const file = { type: 'mem' };
  await wtns.calculate(inputs, { type: 'mem', data: wasm }, file);
  return wtns.exportJson(file);
}

/** Wire -> factor. */
type LinearCombination = Record<string, bigint>;
type Constraint = [LinearCombination, LinearCombination, LinearCombination];

function holds(constraint: Constraint, witness: bigint[]): boolean {
  const [a, b, c] = constraint.map((terms) =>
    Object.entries(terms).reduce((sum, [wire, factor]) => sum + factor * witness[Number(wire)], 0n),
  );
  return mod(a * b - c) === 0n;
}

function constraintsOf({ r1cs }: CompiledBaseline): Constraint[] {
  const constraints = Array.from({ length: r1cs.sizes.constraints }, (): Constraint => [{}, {}, {}]);
  r1cs.forEachTerm((matrix, constraint, wire, factor) => {
    constraints[constraint][matrix][wire] = factor;
  });
  return constraints;
}

describe('the gate-by-gate baseline', () => {
  let segment: CompiledBaseline;
  let shallow: CompiledBaseline;

  before(async () => {
    segment = await compileBaseline('test-segment', segmentMain(SIZES));
    shallow = await compileBaseline('test-shallow', segmentMain(SHALLOW));
  });

  const childOf = async (compiled: CompiledBaseline, weights: Weights, inputs: unknown) =>
    (await witnessOf(compiled, inputs)).slice(1, 1 + parameterCount(weights.widths));
  const expected = (child: Weights) => flatWeights(child).map(mod);

  it('computes the same child as the trainer', async () => {
    for (const seed of [1, 2, 3]) {
      const { weights, shard } = makeCase(SIZES, seed);
      const { child } = trainSegment(weights, shard, { lr: LR, batch: SIZES.batch, salt: 0n });
      assert.notDeepEqual(expected(child), expected(weights));
      const inputs = segmentInputs(weights, shard, { lr: LR, rows: SIZES.rows });
      assert.deepEqual(await childOf(segment, weights, inputs), expected(child));
    }
  });

  it('computes the same child without a hidden layer, in batches of one', async () => {
    const { weights, shard } = makeCase(SHALLOW, 4);
    const { child } = trainSegment(weights, shard, { lr: LR, batch: 1, salt: 0n });
    const inputs = segmentInputs(weights, shard, { lr: LR, rows: SHALLOW.rows });
    assert.deepEqual(await childOf(shallow, weights, inputs), expected(child));
  });

  it('passes no error back through a unit whose rounded sum is exactly 0', async () => {
    const { weights, shard } = makeCase(SIZES, 5);
    weights.layers[0].W.fill(0n);
    weights.layers[0].b.fill(0n);
    const { child, trace } = trainSegment(weights, shard, { lr: LR, batch: SIZES.batch, salt: 0n });
    assert.ok(
      trace.hidden[0].T.some((T) => T !== 2 ** 15),
      'an error arrives',
    );
    const inputs = segmentInputs(weights, shard, { lr: LR, rows: SIZES.rows });
    assert.deepEqual(await childOf(segment, weights, inputs), expected(child));
    assert.ok(child.layers[0].W.every((w) => w === 0n));
  });

  it('has no witness where the trainer leaves its ranges', async () => {
    const { weights, shard } = makeCase(SIZES, 6);
    weights.layers[0].b.fill(2n ** 40n, 0, SIZES.widths[1]);
    assert.throws(() => trainSegment(weights, shard, { lr: LR, batch: SIZES.batch, salt: 0n }), TrainingRangeError);
    const inputs = segmentInputs(weights, shard, { lr: LR, rows: SIZES.rows });
    await assert.rejects(witnessOf(segment, inputs));
  });

  it('constrains every wire: none can be changed alone', async () => {
    const { weights, shard } = makeCase(SIZES, 7);
    const witness = await witnessOf(segment, segmentInputs(weights, shard, { lr: LR, rows: SIZES.rows }));
    const constraints = constraintsOf(segment);
    assert.ok(constraints.every((constraint) => holds(constraint, witness)));
    const uses = witness.map((): Constraint[] => []);
    for (const constraint of constraints) {
      const wires = new Set(constraint.flatMap((terms) => Object.keys(terms)));
      for (const wire of wires) uses[Number(wire)].push(constraint);
    }
    const free = witness.flatMap((value, wire) => {
      if (wire === 0) return [];
      const changed = witness.with(wire, value === 0n ? 1n : value === 1n ? 0n : (value + 1n) % R);
      return uses[wire].every((constraint) => holds(constraint, changed)) ? [wire] : [];
    });
    assert.deepEqual(free, []);
  });

  it('has the constraints that the formula says', async () => {
    assert.equal(segment.constraints, segmentConstraints(SIZES));
    assert.equal(shallow.constraints, segmentConstraints(SHALLOW));
    assert.equal(await countProducts('test-count', segmentMain(SIZES)), segmentConstraints(SIZES));
  });
});

describe("the baseline's commitments", () => {
  const { widths } = COMMITTED;
  const length = parameterCount(widths) + 1;

  it('open to parent, child and data, whole', async () => {
    const [committed, sponge] = await Promise.all([
      compileBaseline('test-committed', committedMain(COMMITTED)),
      compileBaseline('test-sponge', spongeMain(length)),
    ]);
    assert.equal(committed.constraints, committedConstraints(COMMITTED));
    assert.equal(sponge.constraints, spongeConstraints(length));

    const { weights, shard } = makeCase(COMMITTED, 8);
    const { child } = trainSegment(weights, shard, { lr: LR, batch: COMMITTED.batch, salt: 77n });
    const hash = async (elements: bigint[]) =>
      (await witnessOf(sponge, { in: elements.map((value) => mod(value).toString()) }))[1];
    const commit = (model: Weights) => hash([...flatWeights(model), model.salt]);
    const inputs = committedInputs(weights, shard, { lr: LR, rows: COMMITTED.rows, childSalt: child.salt });
    const commitments = async (changed: unknown) => (await witnessOf(committed, changed)).slice(1, 4);
    const honest = await commitments(inputs);
    assert.deepEqual(honest.slice(0, 2), [await commit(weights), await commit(child)]);

    const elements = [...flatWeights(weights), weights.salt];
    // The ends of a block of 16 elements, and the last element: the salt.
    for (const k of [0, 15, 16, length - 1]) {
      assert.notEqual(await hash(elements.with(k, elements[k] + 1n)), honest[0], `element ${k}`);
    }

    const { X, Y } = inputs;
    for (const changed of [
      { ...inputs, X: X.with(1, X[1].with(4, mod(BigInt(X[1][4]) + 1n).toString())) },
      { ...inputs, Y: Y.with(1, Y[1].with(2, mod(BigInt(Y[1][2]) + 1n).toString())) },
      { ...inputs, salts: inputs.salts.with(2, '1') },
    ]) {
      assert.notEqual((await commitments(changed))[2], honest[2]);
    }
  });
});
