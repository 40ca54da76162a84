// Who may enter a benchmark, what it costs, and who gets the money.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { encodeFunctionData, getAddress, type Hex, toHex, zeroAddress } from 'viem';
import { encodeAnyShape } from '../../src/model/anyShape.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { type BenchmarkRules, NO_RULES, rulesInWords } from '../../src/registry/rules.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { Boards, idOf, SHARD, shardIds, URI, WIDTHS } from './support/boards.ts';
import { abiOf, Contract, reverts } from './support/chain.ts';
import { importClaim, type Model, type Registered, RegistryFixture, shapeFrom } from './support/registryFixture.ts';

const CATS: Hex = `0x${'ff'.repeat(32)}`;
const FOXES: Hex = toHex(1n, { size: 32 });
const FEE = 10n ** 16n;
const MANNER = { accept: 0, revert: 1, burnGas: 2, returnBomb: 3, revertBomb: 4, reenter: 5 } as const;
const [NOT_STATED, SAME, DIFFERENT] = [0, 1, 2];

let fixture: RegistryFixture;
let boards: Boards;
let model: Model;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  boards = new Boards(fixture);
  shard = await fixture.registerShard(SHARD);
  model = await fixture.seedModel(WIDTHS);
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

/** Alice's benchmark of one shard, on which these models are scored. */
async function ruled(rules: Partial<BenchmarkRules>, models: readonly Model[], on = shard): Promise<Hex> {
  const id = await boards.open([on], rules);
  for (const model of models) await boards.score(model, on, 5n);
  return id;
}

/** A model that a foreign program made of parents. */
async function foreignModel(parents: readonly Model[]): Promise<Model> {
  const { chain, registry } = fixture;
  const programs = new Contract(chain, await registry.read('foreignPrograms'), await abiOf('ForeignPrograms'));
  const adapter = await chain.deploy('AcceptingProgram');
  const program = await programs.simulate('add', [adapter]);
  await programs.send('add', [adapter]);
  const claim = importClaim(WIDTHS);
  const statement = { ...claim.statement, source: idOf(claim) };
  await fixture.expect({ statement, proof: claim.proof }, fixture.alice);
  const edge = {
    shape: encodeAnyShape(shapeFrom(WIDTHS)),
    schema: NO_SCHEMA,
    program,
    parents: parents.map(idOf),
    child: statement.commitment,
    foreignProof: '0x',
  };
  await registry.send('registerForeign', [edge, proofArgument(claim.proof)], fixture.alice);
  return { statement, oracle: claim.oracle };
}

describe('the rules of a benchmark', () => {
  it('admit every model where there are none', async () => {
    const imported = await fixture.importModel(WIDTHS);
    const foreign = await foreignModel([imported]);
    const id = await ruled({}, [imported, foreign]);
    assert.equal(await boards.rank(imported, id), 1n);
    assert.equal(await boards.rank(foreign, id), 0n);
  });

  it('undeclared: refuse imports and what descends from one, through any parent', async () => {
    const imported = await fixture.importModel(WIDTHS);
    const merged = await fixture.mergeModels([model, imported]);
    const id = await ruled({ undeclared: true }, [model, imported, merged]);
    for (const each of [imported, merged]) await reverts(boards.attempt(idOf(each), id), 'DeclaredModel', [idOf(each)]);
    assert.equal(await boards.rank(model, id), 1n);
  });

  it('noForeign: refuse what a foreign program made and what descends from it', async () => {
    const foreign = await foreignModel([model]);
    const trained = await fixture.trainModel(foreign as never, shard);
    const id = await ruled({ noForeign: true }, [model, foreign, trained]);
    for (const each of [foreign, trained]) await reverts(boards.attempt(idOf(each), id), 'ForeignModel', [idOf(each)]);
    assert.equal(await boards.rank(model, id), 1n);
  });

  it('ancestor: admit it and what descends from it along first lines or the steps that are given', async () => {
    const other = await fixture.seedModel(WIDTHS);
    const child = await fixture.trainModel(model as never, shard);
    const merged = await fixture.mergeModels([other, child]);
    const below = await fixture.trainModel(merged as never, shard);
    const all = [model, other, child, merged, below];
    const id = await ruled({ ancestor: idOf(model) }, all);
    const step = [idOf(merged), idOf(child)];
    for (const [of, steps] of [
      [other, []],
      [merged, []],
      [below, []],
      [below, [idOf(merged)]],
      [below, [idOf(merged), idOf(other)]],
      [below, [idOf(merged), idOf(model)]],
      [other, step],
      [child, step],
    ] as const) {
      await reverts(boards.attempt(idOf(of), id, { steps }), 'NotADescendant', [idOf(of), idOf(model)]);
    }
    for (const each of [merged, below]) await boards.attempt(idOf(each), id, { steps: step });
    for (const each of [model, child]) await boards.attempt(idOf(each), id);
  });

  it('ancestor: must be registered', async () => {
    await boards.list([shard]);
    const rules = { ...NO_RULES, ancestor: toHex(7, { size: 32 }) };
    const open = [fixture.alice, shardIds(shard), URI, rules];
    await reverts(fixture.scoreboard.simulate('openBenchmark', open, fixture.alice), 'UnknownModel', [rules.ancestor]);
    const seal = [idOf(shard), 10_000n, (await boards.now()) + 1000n, rules];
    await reverts(fixture.scoreboard.simulate('sealBenchmark', seal, fixture.alice), 'UnknownModel', [rules.ancestor]);
  });

  it('sameSchema: refuse where one schema is not stated, or both are and differ', async () => {
    const [cats, plain] = [await fixture.registerShard(SHARD, fixture.alice, CATS), shard];
    const ofCats = await fixture.importModel(WIDTHS, undefined, CATS);
    const ofFoxes = await fixture.importModel(WIDTHS, undefined, FOXES);
    const onCats = await ruled({ sameSchema: true }, [ofCats, ofFoxes, model], cats);
    const onPlain = await ruled({ sameSchema: true }, [ofCats, model], plain);
    for (const [of, on, schemas] of [
      [ofFoxes, onCats, [FOXES, CATS]],
      [model, onCats, [NO_SCHEMA, CATS]],
      [ofCats, onPlain, [CATS, NO_SCHEMA]],
      [model, onPlain, [NO_SCHEMA, NO_SCHEMA]],
    ] as const) {
      await reverts(boards.attempt(idOf(of), on), 'SchemasDiffer', schemas);
    }
    assert.equal(await boards.rank(ofCats, onCats), 1n);
  });

  it('are the same for sealed benchmarks', async () => {
    const imported = await fixture.importModel(WIDTHS);
    const rules = { ...NO_RULES, undeclared: true, ancestor: idOf(model), fee: FEE };
    const sealed = await boards.seal({ rules, bond: 3n });
    await boards.reveal(sealed);
    await boards.unseal(sealed);
    assert.deepEqual(await fixture.scoreboard.read('rulesOf', [sealed.id]), rules);
    for (const each of [imported, model]) await boards.score(each, sealed.secret, 5n);
    await reverts(boards.attempt(idOf(imported), sealed.id, { value: FEE }), 'DeclaredModel', [idOf(imported)]);
    await reverts(boards.attempt(idOf(model), sealed.id), 'WrongFee', [0n, FEE]);
    assert.equal(await boards.rank(model, sealed.id, { value: FEE }), 1n);
    assert.equal(await boards.owed(fixture.alice), FEE + 3n);
  });

  it('are said in words', () => {
    const ether = (wei: bigint) => `${wei} wei`;
    assert.deepEqual(rulesInWords(NO_RULES, ether), []);
    const all = { undeclared: true, noForeign: true, sameSchema: true, ancestor: CATS, fee: 3n };
    assert.deepEqual(rulesInWords(all, ether), [
      `only descendants of ${CATS}`,
      'nothing declared',
      'no foreign programs',
      'only models that state the same columns and classes',
      'entry fee 3 wei',
    ]);
  });
});

describe('the schemas of a result', () => {
  it('are compared: the same, different, or not both stated', async () => {
    const cats = await fixture.registerShard(SHARD, fixture.alice, CATS);
    const ofCats = await fixture.importModel(WIDTHS, undefined, CATS);
    const ofFoxes = await fixture.importModel(WIDTHS, undefined, FOXES);
    for (const [of, on, compared] of [
      [ofCats, cats, SAME],
      [ofFoxes, cats, DIFFERENT],
      [model, cats, NOT_STATED],
      [ofCats, shard, NOT_STATED],
      [model, shard, NOT_STATED],
    ] as const) {
      await boards.score(of, on, 5n);
      assert.equal((await fixture.scoreboard.read('resultOf', [idOf(of), idOf(on)])).schemas, compared);
    }
  });
});

describe('the entry fee', () => {
  it('is due once for each model, whoever enters it, and owed to the opener', async () => {
    const id = await ruled({ fee: FEE }, [model]);
    assert.equal(await fixture.scoreboard.read('feeOf', [idOf(model), id]), FEE);
    for (const value of [0n, FEE - 1n, FEE + 1n]) {
      await reverts(boards.attempt(idOf(model), id, { value }), 'WrongFee', [value, FEE]);
    }
    await boards.rank(model, id, { by: fixture.bob, value: FEE });
    assert.equal(await fixture.scoreboard.read('feeOf', [idOf(model), id]), 0n);
    await boards.score(model, shard, 6n);
    await reverts(boards.attempt(idOf(model), id, { value: FEE }), 'WrongFee', [FEE, 0n]);
    await boards.rank(model, id);
    const child = await fixture.trainModel(model as never, shard);
    await boards.score(child, shard, 1n);
    await boards.rank(child, id, { value: FEE });
    assert.equal(await boards.owed(fixture.alice), 2n * FEE);
    assert.equal(await boards.balance(fixture.scoreboard.address), 2n * FEE);
  });

  it('is said in the event of the entry', async () => {
    const id = await ruled({ fee: FEE }, [model]);
    const receipt = await fixture.scoreboard.send('rank', [idOf(model), id, []], fixture.bob, FEE);
    const [{ args }] = fixture.events(receipt);
    assert.equal((args as { fee: bigint }).fee, FEE);
  });

  it('is not taken where nothing is asked', async () => {
    const id = await ruled({}, [model]);
    await reverts(boards.attempt(idOf(model), id, { value: 1n }), 'WrongFee', [1n, 0n]);
  });

  it('is below 2^96 wei', async () => {
    await boards.list([shard]);
    const attempt = (fee: bigint) => {
      const args = [fixture.alice, shardIds(shard), URI, { ...NO_RULES, fee }];
      return fixture.scoreboard.simulate('openBenchmark', args, fixture.alice);
    };
    await attempt(2n ** 96n - 1n);
    for (const fee of [2n ** 96n, 2n ** 256n - 1n]) await reverts(attempt(fee), 'FeeTooHigh', [fee]);
  });
});

describe('what a board owes', () => {
  const away = getAddress('0x00000000000000000000000000000000000beef3');

  /** Alice is owed one fee. */
  async function owing(): Promise<void> {
    await boards.rank(model, await ruled({ fee: FEE }, [model]), { by: fixture.bob, value: FEE });
  }

  it("is withdrawn by the account's key, once, wherever it says", async () => {
    await owing();
    const { scoreboard, alice, bob } = fixture;
    await reverts(scoreboard.simulate('withdraw', [alice, away], bob), 'NotTheKey', [alice, bob]);
    assert.equal(await scoreboard.simulate('withdraw', [alice, away], alice), FEE);
    const receipt = await scoreboard.send('withdraw', [alice, away], alice);
    const args = { account: alice, to: away, amount: FEE };
    assert.deepEqual(fixture.events(receipt), [{ eventName: 'Withdrawn', args }]);
    assert.deepEqual([await boards.balance(away), await boards.owed(alice)], [FEE, 0n]);
    await reverts(scoreboard.simulate('withdraw', [alice, away], alice), 'NothingOwed', [alice, zeroAddress]);
  });

  it('follows the rights of the account to another key', async () => {
    await owing();
    const { scoreboard, trainers, alice, bob } = fixture;
    await trainers.send('offerKey', [alice, bob], alice);
    await trainers.send('acceptKey', [alice], bob);
    await reverts(scoreboard.simulate('withdraw', [alice, away], alice), 'NotTheKey', [alice, alice]);
    await scoreboard.send('withdraw', [alice, away], bob);
    assert.equal(await boards.balance(away), FEE);
  });

  it('is sent by anybody to the payout address', async () => {
    await owing();
    const { scoreboard, trainers, alice, bob } = fixture;
    await trainers.send('setPayout', [alice, away], alice);
    assert.equal(await scoreboard.simulate('withdrawFor', [alice], bob), FEE);
    await scoreboard.send('withdrawFor', [alice], bob);
    assert.equal(await boards.balance(away), FEE);
    await reverts(scoreboard.simulate('withdrawFor', [alice], bob), 'NothingOwed', [alice, zeroAddress]);
  });

  it('is not sent to nobody, nor to the board', async () => {
    await owing();
    const { scoreboard, alice } = fixture;
    for (const to of [zeroAddress, scoreboard.address]) {
      await reverts(scoreboard.simulate('withdraw', [alice, to], alice), 'UnusableRecipient', [to]);
    }
  });

  describe('hostile openers', () => {
    it('lock only what they are owed themselves', async () => {
      const { scoreboard, alice } = fixture;
      await owing();
      const hostile = await opener();
      for (const manner of [MANNER.revert, MANNER.burnGas, MANNER.revertBomb]) {
        await hostile.send('behave', [manner, zeroAddress, '0x']);
        const failed = [zeroAddress, hostile.address, FEE];
        await reverts(scoreboard.simulate('withdrawFor', [hostile.address]), 'TransferFailed', failed);
      }
      await scoreboard.send('withdrawFor', [alice]);
      assert.equal(await boards.balance(scoreboard.address), FEE);
      await hostile.send('behave', [MANNER.returnBomb, zeroAddress, '0x']);
      await scoreboard.send('withdrawFor', [hostile.address]);
      assert.equal(await boards.balance(hostile.address), FEE);
    });

    it('cannot withdraw twice from within a withdrawal, nor burn or open there', async () => {
      const { scoreboard } = fixture;
      await owing();
      const sealed = await boards.seal({ bond: 1n });
      const hostile = await opener();
      const calls = [
        ['withdrawFor', [hostile.address]],
        ['withdrawFor', [fixture.alice]],
        ['withdraw', [hostile.address, hostile.address]],
        ['burnBond', [sealed.id]],
        ['unsealBenchmark', boards.unsealArgs(sealed)],
      ] as const;
      const outer = await fixture.chain.request('evm_snapshot');
      let copy = outer;
      for (const [functionName, args] of calls) {
        const data = encodeFunctionData({ abi: scoreboard.abi, functionName, args });
        await hostile.send('behave', [MANNER.reenter, scoreboard.address, data]);
        await scoreboard.send('withdrawFor', [hostile.address]);
        assert.equal(await hostile.read('reentered'), false);
        assert.equal(await hostile.read('answer'), '0x3ee5aeb5');
        assert.equal(await boards.balance(hostile.address), FEE);
        await fixture.chain.request('evm_revert', copy);
        copy = await fixture.chain.request('evm_snapshot');
      }
    });
  });

  /** A contract that opened a benchmark with a fee and is owed one. */
  async function opener(): Promise<Contract> {
    const { chain, scoreboard, alice, bob } = fixture;
    const hostile = new Contract(chain, await chain.deploy('HostileReceiver'), await abiOf('HostileReceiver'));
    const other = await fixture.registerShard(SHARD);
    await boards.list([other]);
    const args = [alice, shardIds(other), URI, { ...NO_RULES, fee: FEE }] as const;
    const id = await scoreboard.simulate('openBenchmark', args, hostile.address);
    const data = encodeFunctionData({ abi: scoreboard.abi, functionName: 'openBenchmark', args });
    await hostile.send('act', [scoreboard.address, data]);
    await boards.score(model, other, 5n);
    await boards.rank(model, id, { by: bob, value: FEE });
    assert.equal(await boards.owed(hostile.address), FEE);
    return hostile;
  }
});
