// Contracts that act on proved outputs: the examples, and the verifier of ERC-7007.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, hexToBytes } from 'viem';
import { inferencesAbi } from '../../src/generated/abi.ts';
import { bytesValues } from '../../src/model/inference.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { resultId } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts } from './support/chain.ts';
import {
  inferClaim,
  type Model,
  modelOracle,
  type Registered,
  RegistryFixture,
  trainClaim,
} from './support/registryFixture.ts';

let fixture: RegistryFixture;
let shard: Registered;
const placed = async (name: string, args: readonly unknown[]) =>
  new Contract(fixture.chain, await fixture.chain.deploy(name, args), await abiOf(name));
const idOf = ({ statement }: Pick<Model, 'statement'>) => resultId(statement);
const valuesOf = (bytes: Hex) => bytesValues(hexToBytes(bytes));

before(async () => {
  fixture = await RegistryFixture.create();
});

/** Arguments of a call that brings a proof of outputs on these inputs, which the verifiers expect of alice. */
async function proved(model: Model, inputs: Hex, outputs: readonly number[]) {
  const claim = inferClaim(model, { rows: 1, inputs: valuesOf(inputs), outputs: Int32Array.from(outputs) });
  await fixture.expect(claim, fixture.alice);
  const [struct, , bytes, proof] = registryCall(claim.statement, claim.proof).args;
  return { prover: fixture.alice, claim: struct, outputs: bytes as Hex, proof, statement: claim.statement };
}

describe('an agent that trades on forecasts of the newest descendant', () => {
  let base: Model;
  let agent: Contract;
  let feed: Address;
  const prices = [100, 110, 99, 120, 120, 60, 180];
  before(async () => {
    base = await fixture.seedModel([5, 4, 1], fixture.alice);
    shard = await fixture.registerShard({ inputs: 5, outputs: 1, rows: 16, kind: 'regression' });
    feed = fixture.chain.accounts[5];
  });
  beforeEach(async () => {
    agent = await placed('TradingAgent', [fixture.inferences.address, idOf(base), feed]);
    for (const price of prices) await agent.send('report', [BigInt(price)], feed);
  });
  const decide = async (model: Model, forecast: number) => {
    const { prover, claim, outputs, proof } = await proved(model, await agent.read('inputs'), [forecast]);
    return [prover, claim, outputs, proof];
  };
  const child = async (parent: Model, by = fixture.alice) => {
    const claim = trainClaim(parent, shard);
    await fixture.submit(claim, by);
    return claim;
  };

  it('makes its inputs itself, of the prices that its feed reported', async () => {
    const changes = prices.slice(2).map((price, k) => [prices[k + 1], price]);
    const expected = changes.map(([from, to]) => Math.trunc(((to - from) * 4096) / from));
    assert.deepEqual([...valuesOf(await agent.read('inputs'))], expected);
    await reverts(agent.simulate('report', [1n], fixture.alice), 'NotTheFeed', [fixture.alice]);
    await reverts(agent.simulate('report', [0n], feed), 'NoPrice', []);
    const young = await placed('TradingAgent', [fixture.inferences.address, idOf(base), feed]);
    await reverts(young.read('inputs'), 'TooEarly', [0n]);
  });

  it('takes a position by a proved forecast, once a price, and lives with what follows', async () => {
    await agent.send('decide', await decide(base, 7), fixture.bob);
    assert.equal(await agent.read('isLong'), true);
    await reverts(agent.simulate('decide', await decide(base, -7), fixture.bob), 'DecidedAlready', [7n]);
    await agent.send('report', [270n], feed);
    assert.equal(await agent.read('worth'), 15n * 10n ** 17n);
    await agent.send('decide', await decide(base, 0), fixture.bob);
    await agent.send('report', [10n], feed);
    assert.deepEqual([await agent.read('isLong'), await agent.read('worth')], [false, 15n * 10n ** 17n]);
  });

  it('refuses a forecast of other inputs, and one that is not proved', async () => {
    const [prover, claim, outputs, proof] = await decide(base, 7);
    await agent.send('report', [200n], feed);
    await reverts(agent.simulate('decide', [prover, claim, outputs, proof], fixture.bob), 'ProofRejected', [12n]);
    await reverts(agent.simulate('decide', [fixture.bob, claim, outputs, proof], fixture.bob), 'ProofRejected', [12n]);
  });

  it('follows the newest descendant that is pointed out, of its publisher alone', async () => {
    const [first, second] = [await child(base), await child(base)];
    const grandchild = await child(second);
    await agent.send('follow', [idOf(second)], fixture.bob);
    await reverts(agent.simulate('decide', await decide(base, 7), fixture.bob), 'OutdatedModel', [
      idOf(base),
      idOf(second),
    ]);
    await agent.simulate('decide', await decide(second, 7), fixture.bob);
    await reverts(agent.simulate('follow', [idOf(first)], fixture.bob), 'NotNewer', [idOf(first), idOf(second)]);
    await reverts(agent.simulate('follow', [idOf(second)], fixture.bob), 'NotNewer', [idOf(second), idOf(second)]);
    await agent.send('follow', [idOf(grandchild)], fixture.bob);
    assert.equal(await agent.read('model'), idOf(grandchild));
    const foreign = await child(grandchild, fixture.bob);
    await reverts(agent.simulate('follow', [idOf(foreign)], fixture.bob), 'NotOfThePublisher', [
      idOf(foreign),
      fixture.bob,
    ]);
    const other = await fixture.seedModel([5, 4, 1], fixture.alice);
    await reverts(agent.simulate('follow', [idOf(other)], fixture.bob), 'NotADescendant', [idOf(other), idOf(base)]);
    const unknown = idOf({ statement: { ...base.statement, commitment: modelOracle([5, 4, 1]).commitment } as never });
    await assert.rejects(placed('TradingAgent', [fixture.inferences.address, unknown, feed]));
  });
});

describe('a game whose moves are those of a registered network', () => {
  let model: Model;
  let game: Contract;
  before(async () => {
    model = await fixture.seedModel([9, 4, 9], fixture.alice, 'softmax');
  });
  beforeEach(async () => {
    game = await placed('MoveGame', [fixture.inferences.address, idOf(model)]);
    await game.send('begin', [4n], fixture.bob);
  });
  const answer = async (outputs: readonly number[], by: Model = model) => {
    const made = await proved(by, await game.read('inputs', [0n]), outputs);
    return [0n, made.prover, made.claim, made.outputs, made.proof];
  };
  const state = async () => {
    const [now, cells] = await game.read('stateOf', [0n]);
    return [now, [...cells]];
  };
  const favours = (cell: number) => Array.from({ length: 9 }, (_, k) => (k === cell ? 5 : k === 4 ? 9 : -k));

  it('shows the network the board', async () => {
    assert.deepEqual([...valuesOf(await game.read('inputs', [0n]))], [0, 0, 0, 0, -512, 0, 0, 0, 0]);
  });

  it('moves to the empty cell of the greatest output, the first of equals', async () => {
    // cell 4 has the greatest of all, and is taken
    await game.send('answer', await answer(favours(7)), fixture.alice);
    assert.deepEqual(await state(), [1, [0, 0, 0, 0, -1, 0, 0, 1, 0]]);
    await game.send('move', [0n, 0n], fixture.bob);
    await game.send('answer', await answer(new Array(9).fill(3)), fixture.alice);
    assert.deepEqual(await state(), [1, [-1, 1, 0, 0, -1, 0, 0, 1, 0]]);
  });

  it('refuses a move of another model, of another board, or out of turn', async () => {
    const other = await fixture.seedModel([9, 4, 9], fixture.alice, 'softmax');
    await reverts(game.simulate('answer', await answer(favours(7), other), fixture.alice), 'AnotherModel', [
      idOf(other),
    ]);
    const early = await answer(favours(7));
    await reverts(game.simulate('move', [0n, 0n], fixture.bob), 'NotYourTurn', [0n]);
    await game.send('answer', early, fixture.alice);
    await reverts(game.simulate('answer', await answer(favours(3)), fixture.alice), 'NotYourTurn', [0n]);
    await reverts(game.simulate('move', [0n, 0n], fixture.alice), 'NotYourTurn', [0n]);
    await reverts(game.simulate('move', [0n, 7n], fixture.bob), 'NotEmpty', [7n]);
    await reverts(game.simulate('move', [0n, 9n], fixture.bob), 'NotEmpty', [9n]);
    await game.send('move', [0n, 0n], fixture.bob);
    // the proof was of the board before
    await reverts(game.simulate('answer', early, fixture.alice), 'ProofRejected', [12n]);
  });

  it('ends with a win of either, or when the board is full', async () => {
    const play = async (noughts: number[], crosses: number[]) => {
      game = await placed('MoveGame', [fixture.inferences.address, idOf(model)]);
      await game.send('begin', [BigInt(crosses[0])], fixture.bob);
      for (const [k, cell] of noughts.entries()) {
        await game.send(
          'answer',
          await answer(Array.from({ length: 9 }, (_, i) => (i === cell ? 9 : 0))),
          fixture.alice,
        );
        if (k + 1 < crosses.length) await game.send('move', [0n, BigInt(crosses[k + 1])], fixture.bob);
      }
      return (await state())[0];
    };
    assert.equal(await play([3, 5], [0, 1, 2]), 3);
    assert.equal(await play([2, 4, 6], [0, 1, 8]), 4);
    assert.equal(await play([1, 4, 5, 6], [0, 2, 3, 7, 8]), 5);
  });
});

describe('the verifier of ERC-7007', () => {
  it('takes public outputs of its model, and answers false for anything else', async () => {
    const model = await fixture.seedModel([2, 3], fixture.alice);
    const verifier = await placed('Erc7007Verifier', [fixture.inferences.address, idOf(model)]);
    assert.deepEqual(
      [await verifier.read('inferences'), await verifier.read('model')],
      [fixture.inferences.address, idOf(model)],
    );
    const encoded = async (of: Model, inputs: Hex, outputs: readonly number[]) => {
      const { prover, claim, proof, outputs: bytes } = await proved(of, inputs, outputs);
      const check = inferencesAbi.find((entry) => entry.type === 'function' && entry.name === 'check')!;
      const [by, struct, , , of_] = (check as { inputs: readonly { type: string }[] }).inputs;
      return { bytes, proof: encodeAbiParameters([by, struct, of_] as never, [prover, claim, proof] as never) };
    };
    const prompt: Hex = '0x0102fffe';
    const { bytes, proof } = await encoded(model, prompt, [1, -2, 3]);
    const verify = (...args: Hex[]) => verifier.read('verify', args);
    assert.equal(await verify(prompt, bytes, proof), true);
    assert.equal(await verify('0x0102ffff', bytes, proof), false);
    assert.equal(await verify(prompt, `${bytes.slice(0, -2)}00` as Hex, proof), false);
    assert.equal(await verify(prompt, '0x', proof), false);
    assert.equal(await verify('0x', bytes, proof), false);
    assert.equal(await verify(prompt, bytes, '0x1234'), false);
    // Who gives it too little gas learns nothing, rather than that the proof is false.
    const data = encodeFunctionData({
      abi: await abiOf('Erc7007Verifier'),
      functionName: 'verify',
      args: [prompt, bytes, proof],
    });
    const full = await fixture.chain.read.estimateGas({ to: verifier.address, data });
    let refused = 0;
    for (let gas = 30_000n; gas <= 2n * full; gas += 1_000n) {
      const answer = await fixture.chain.read.call({ to: verifier.address, data, gas }).catch(() => undefined);
      if (answer === undefined) refused++;
      else assert.equal(BigInt(answer.data ?? '0x0'), 1n, `${gas} gas`);
    }
    assert.ok(refused > 0);
    const other = await encoded(await fixture.seedModel([2, 3], fixture.alice), prompt, [1, -2, 3]);
    assert.equal(await verify(prompt, other.bytes, other.proof), false);
  });
});
