import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Hex, hexToBytes, keccak256, zeroAddress } from 'viem';
import { encodeAnyShape } from '../../src/model/anyShape.ts';
import { bytesValues } from '../../src/model/inference.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { encodeShard, type ShardShape } from '../../src/model/shape.ts';
import { R } from '../../src/numbers/field.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { namedModel, namedShard, shapeOf } from '../../src/registry/programs/definition.ts';
import { idsIn } from '../../src/registry/programs/infer.ts';
import { reverts } from './support/chain.ts';
import {
  type Inferring,
  inferClaim,
  type Model,
  modelOracle,
  pointOf,
  type Registered,
  RegistryFixture,
} from './support/registryFixture.ts';

const WIDTHS = [5, 4, 3];
const SHARD: ShardShape = { inputs: 5, outputs: 3, rows: 6, kind: 'classes' };
const PICTURES = parseNetwork('5x5x3-c2k3-4', 'softmax');

let fixture: RegistryFixture;
let model: Model;
let pictures: Model;
let shard: Registered;

before(async () => {
  fixture = await RegistryFixture.create();
  model = await fixture.seedModel(WIDTHS, fixture.alice, 'softmax');
  pictures = await fixture.seedModel(PICTURES, fixture.alice);
  shard = await fixture.registerShard(SHARD);
});

/** As many values as that, of all sizes. */
const values = (count: number) =>
  Int32Array.from(
    { length: count },
    (_, k) => [32767, -32768, -1, 0, 1, 513][k % 6] - ((k % 7) - 3) * (k % 6 > 1 ? 1 : 0),
  );
const PUBLIC: Inferring = { rows: 2, inputs: values(10), outputs: values(6) };

/** `check` of a claim, which the verifiers expect of `prover`. */
async function checked(claim: ReturnType<typeof inferClaim>, prover = fixture.alice) {
  await fixture.expect(claim, prover);
  return raw(claim, {}, prover);
}

/** The same with other arguments than the twin's, without anything that is expected. */
function raw(
  claim: ReturnType<typeof inferClaim>,
  changes: object,
  prover = fixture.alice,
  from: Partial<{ inputs: Hex; outputs: Hex }> = {},
) {
  const [struct, inputs, outputs, proof] = registryCall(claim.statement, claim.proof).args;
  const args = [prover, { ...(struct as object), ...changes }, from.inputs ?? inputs, from.outputs ?? outputs, proof];
  return fixture.inferences.read('check', args);
}

describe('the contract of inferences', () => {
  it('knows the registry', async () => {
    assert.equal(await fixture.inferences.read('registry'), fixture.registry.address);
  });

  const kinds: [string, () => Inferring][] = [
    ['public inputs and outputs', () => PUBLIC],
    ['public inputs of one row', () => ({ rows: 1, inputs: values(5), outputs: values(3), point: R - 1n })],
    ['public inputs, committed outputs', () => ({ rows: 3, inputs: values(15) })],
    ['a registered shard, public outputs', () => ({ shard, outputs: values(18) })],
    ['a registered shard, committed outputs', () => ({ shard })],
    ['committed inputs, public outputs', () => ({ rows: 4, outputs: values(12) })],
    ['committed inputs and outputs', () => ({ rows: 4096 })],
  ];
  for (const [name, asked] of kinds)
    it(`checks what the circuit is told of ${name}, and says what was proved`, async () => {
      const claim = inferClaim(model, asked());
      assert.deepEqual(await checked(claim), idsIn(claim.statement));
      // by the prover that it is given, whoever asks
      await fixture.expect(claim, fixture.bob);
      assert.deepEqual(await raw(claim, {}, fixture.bob), idsIn(claim.statement));
      await reverts(raw(claim, {}, fixture.chain.accounts[3]), 'ProofRejected', [12n]);
    });

  it('evaluates pictures without what pads their sides', async () => {
    for (const asked of [
      { rows: 1, inputs: values(75), outputs: values(4) },
      { rows: 3, inputs: values(225), outputs: values(12), point: R - 7n },
    ]) {
      const claim = inferClaim(pictures, asked);
      assert.deepEqual(await checked(claim), idsIn(claim.statement));
    }
  });

  it('records who proved it first, and says so in an event', async () => {
    const claim = inferClaim(model, PUBLIC);
    const ids = idsIn(claim.statement);
    const recorded = () => fixture.inferences.read('inferredBy', [ids.model, ids.inputs, ids.outputs]);
    const version = () => fixture.inferences.read('keyVersionOf', [ids.model, ids.inputs, ids.outputs]);
    assert.deepEqual([await recorded(), await version()], [zeroAddress, 0n]);
    const receipt = await fixture.submit(claim, fixture.bob);
    const args = { ...ids, prover: fixture.bob, rows: 2n };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'Inferred', args }]);
    assert.deepEqual([await recorded(), await version()], [fixture.bob, 1n]);
    // others may prove the same: nothing changes, and nothing is said
    const again = inferClaim(model, PUBLIC);
    assert.deepEqual(fixture.events(await fixture.submit(again, fixture.alice)), []);
    assert.equal(await recorded(), fixture.bob);
  });

  it('names public values by their hash behind a byte', async () => {
    const { statement } = inferClaim(model, PUBLIC);
    assert.equal(idsIn(statement).inputs, keccak256(`0x01${statement.inputs!.slice(2)}`));
    assert.equal(await fixture.inferences.read('publicId', [statement.inputs!]), idsIn(statement).inputs);
    assert.equal(statement.inputs!.length, 2 + 4 * 10);
  });

  it('gives public values the name of no commitment, though they are the very bytes of one', async () => {
    const wide = await fixture.seedModel([48, 2], fixture.alice);
    const row = await fixture.registerShard({ ...SHARD, inputs: 48, outputs: 2, rows: 1 });
    const { statement } = inferClaim(wide, { shard: row });
    const [{ x, y }] = statement.input;
    const words = [x, y, encodeShard(statement.shard!)].map((word) => word.toString(16).padStart(64, '0'));
    const named = idsIn(statement).inputs;
    assert.equal(keccak256(`0x${words.join('')}`), named);
    const forged = inferClaim(wide, { rows: 1, inputs: bytesValues(hexToBytes(`0x${words.join('')}`)) });
    const { inputs } = await checked(forged);
    assert.equal(inputs, idsIn(forged.statement).inputs);
    assert.notEqual(inputs, named);
  });

  it('names a committed vector by its points, its width and its rows', async () => {
    const { input } = inferClaim(model).statement;
    const ids = await Promise.all(
      [
        [input, 5n, 2n],
        [input, 5n, 3n],
        [input, 6n, 2n],
        [[pointOf()], 5n, 2n],
      ].map((args) => fixture.inferences.read('committedId', args)),
    );
    assert.equal(new Set(ids).size, 4);
  });
});

describe('an inference is refused', () => {
  const refused = (asked: Inferring, changes: object, error: string, args: unknown[]) =>
    reverts(raw(inferClaim(model, asked), changes), error, args);

  it('with UnknownModel when the model is not registered', async () => {
    const other = { ...model, oracle: modelOracle(WIDTHS) };
    const claim = inferClaim(other, PUBLIC);
    await reverts(raw(claim, {}), 'UnknownModel', [idsIn(claim.statement).model]);
  });

  it('with UnknownModel when the model has another shape', async () => {
    const deeper = await fixture.seedModel([5, 3], fixture.alice);
    const shape = encodeAnyShape(shapeOf(deeper.statement));
    const { input, output, ...rest } = inferClaim(deeper).statement;
    const id = namedModel(inferClaim(model).statement.model, rest).id;
    await refused(PUBLIC, { shape }, 'UnknownModel', [id]);
  });

  it('with UnknownShard when the shard is not registered', async () => {
    const points = [pointOf()];
    await refused({ shard }, { input: points }, 'UnknownShard', [namedShard(points, SHARD).id]);
  });

  it('with InputsDiffer when the shard has other inputs', async () => {
    const wide = await fixture.registerShard({ ...SHARD, inputs: 6 });
    await refused({ shard: wide }, {}, 'InputsDiffer', [5n, 6n]);
  });

  it('with WrongRows when there are none, too many, or others than of the shard', async () => {
    await refused({ rows: 2 }, { rows: 0n }, 'WrongRows', [0n, 4096n]);
    await refused({ rows: 2 }, { rows: 4097n }, 'WrongRows', [4097n, 4096n]);
    await refused({ rows: 2 }, { rows: 2n ** 255n }, 'WrongRows', [2n ** 255n, 4096n]);
    await refused({ shard }, { rows: 5n }, 'WrongRows', [5n, 6n]);
  });

  it('with InputsTwice when a registered shard is said to be public', async () => {
    const claim = inferClaim(model, { shard });
    const id = idsIn(claim.statement).inputs;
    await reverts(raw(claim, {}, fixture.alice, { inputs: '0x0000' }), 'InputsTwice', [id]);
  });

  it('with WrongValuesLength when values are missing, too many or half', async () => {
    const claim = inferClaim(model, PUBLIC);
    const { inputs, outputs } = claim.statement;
    for (const [sent, length] of [
      [`${inputs}00`, 21n],
      [`${inputs}0000`, 22n],
      [inputs!.slice(0, -4), 18n],
    ] as [Hex, bigint][])
      await reverts(raw(claim, {}, fixture.alice, { inputs: sent }), 'WrongValuesLength', [length, 20n]);
    await reverts(raw(claim, {}, fixture.alice, { outputs: `${outputs!}0000` }), 'WrongValuesLength', [14n, 12n]);
    const picture = inferClaim(pictures, { rows: 1, inputs: values(75) });
    const padded: Hex = `0x${'0000'.repeat(8 * 8 * 3)}`;
    await reverts(raw(picture, {}, fixture.alice, { inputs: padded }), 'WrongValuesLength', [384n, 150n]);
  });

  it('with WrongPointCount when a vector has more points than it needs, or none', async () => {
    for (const name of ['input', 'output'] as const) {
      await refused(PUBLIC, { [name]: [pointOf(), pointOf()] }, 'WrongPointCount', [2n, 1n]);
      await refused(PUBLIC, { [name]: [] }, 'WrongPointCount', [0n, 1n]);
    }
  });

  it('when any word of it is another than was proved', async () => {
    const claim = inferClaim(model, PUBLIC);
    await fixture.expect(claim, fixture.alice);
    const { inputs, outputs, point } = claim.statement;
    const other = (hex: Hex) => `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}` as Hex;
    await raw(claim, {});
    for (const changes of [{ rows: 1n }, { point: point + 1n }, { input: [pointOf()] }, { output: [pointOf()] }])
      await assert.rejects(raw(claim, changes));
    await reverts(raw(claim, {}, fixture.alice, { inputs: other(inputs!) }), 'ProofRejected', [12n]);
    await reverts(raw(claim, {}, fixture.alice, { outputs: other(outputs!) }), 'ProofRejected', [12n]);
    await reverts(raw(claim, {}, fixture.alice, { inputs: '0x' }), 'ProofRejected', [12n]);
    await reverts(raw(claim, {}, fixture.alice, { outputs: '0x' }), 'ProofRejected', [12n]);
  });
});
