import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Address, parseEventLogs, zeroAddress, zeroHash } from 'viem';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { deploy } from './support/money.ts';

const FIRST = 2n ** 16n;
const REFUSE = { otherMagic: 0, ownError: 1, noAnswer: 2, outOfGas: 3 } as const;

describe('ForeignPrograms', () => {
  let chain: TestChain;
  let programs: Contract;
  let adapter: Contract;
  let [alice, bob]: Address[] = [];

  before(async () => {
    chain = await testChain();
    [, alice, bob] = chain.accounts;
    programs = await deploy(chain, 'ForeignPrograms');
    adapter = await deploy(chain, 'ExpectingAdapter', ['First']);
  });

  it('numbers adapters from 2^16 on, whoever adds them, and takes their names from themselves', async () => {
    const second = await deploy(chain, 'ExpectingAdapter', ['x'.repeat(64)]);
    for (const [one, author, program, name] of [
      [adapter, alice, FIRST, 'First'],
      [second, bob, FIRST + 1n, 'x'.repeat(64)],
    ] as const) {
      assert.equal(await programs.read('programOf', [one.address]), 0n);
      const { logs } = await programs.send('add', [one.address], author);
      assert.deepEqual(
        parseEventLogs({ abi: programs.abi, logs }).map(({ eventName, args }) => ({ eventName, args })),
        [{ eventName: 'ForeignProgramAdded', args: { program, adapter: one.address, author, name } }],
      );
      assert.equal(await programs.read('programOf', [one.address]), program);
      assert.equal(await programs.read('adapterOf', [program]), one.address);
    }
    assert.equal(await programs.read('adapterOf', [FIRST + 2n]), zeroAddress);
    assert.equal(await programs.read('adapterOf', [0n]), zeroAddress);
  });

  it('takes no address without code, no adapter twice and no name of more than 64 bytes, nor one without a name', async () => {
    await reverts(programs.send('add', [bob]), 'NoAdapter', [bob]);
    await reverts(programs.send('add', [adapter.address], bob), 'AdapterExists', [FIRST, adapter.address]);
    const long = await deploy(chain, 'ExpectingAdapter', ['x'.repeat(65)]);
    await reverts(programs.send('add', [long.address]), 'ProgramNameTooLong', [65n]);
    const nameless = await deploy(chain, 'AcceptingVerifiers');
    await assert.rejects(programs.send('add', [nameless.address]));
    assert.equal(await programs.read('programOf', [nameless.address]), 0n);
  });

  describe('verify', () => {
    const parents = [zeroHash];
    const told = [parents, zeroHash, '0x01'] as const;
    const verify = (program: bigint, asker: Address, trainer = alice) =>
      programs.read('verify', [program, trainer, ...told], asker);

    before(() => adapter.send('expect', [programs.address, bob, alice, ...told]));

    it('tells the adapter who asks and accepts what it accepts', async () => {
      assert.equal(await verify(FIRST, bob), undefined);
      await reverts(verify(FIRST, alice), 'ForeignProofRejected', [FIRST]);
      await reverts(verify(FIRST, bob, bob), 'ForeignProofRejected', [FIRST]);
    });

    it('asks the adapter of the program that is named, and none for a number without one', async () => {
      await reverts(verify(FIRST + 1n, bob), 'ForeignProofRejected', [FIRST + 1n]);
      for (const program of [0n, FIRST - 1n, FIRST + 2n]) {
        await reverts(verify(program, bob), 'UnknownForeignProgram', [program]);
      }
    });

    it('rejects whatever an adapter does but answer its selector', async () => {
      await adapter.send('refuseBy', [REFUSE.otherMagic]);
      await reverts(verify(FIRST, alice), 'ForeignProofRejected', [FIRST]);
      await adapter.send('refuseBy', [REFUSE.ownError]);
      await assert.rejects(verify(FIRST, alice), /0x|NotProved/);
      for (const way of [REFUSE.noAnswer, REFUSE.outOfGas]) {
        await adapter.send('refuseBy', [way]);
        await assert.rejects(verify(FIRST, alice));
      }
      assert.equal(await verify(FIRST, bob), undefined, 'and still accepts what it expects');
    });
  });
});
