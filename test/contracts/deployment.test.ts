import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Address, decodeEventLog, type Hex } from 'viem';
import { modelRegistryAbi, reverts, type TestChain, testChain } from './support/chain.ts';
import { elements, TEST_SRS } from './support/knownTau.ts';
import { srsArgument } from './support/world.ts';

const SRS = srsArgument(TEST_SRS);
const NOWHERE: Address = '0x0000000000000000000000000000000000000001';

describe('deployment of the registry', () => {
  let chain: TestChain;
  let verifiers: Address[];

  before(async () => {
    chain = await testChain();
    verifiers = await deployVerifiers(chain);
  });

  it('answers with what it was given', async () => {
    const address = await chain.deploy('ModelRegistry', [...verifiers, SRS, true, false]);
    const read = (functionName: 'devKeys' | 'srs' | 'verifierOf', args?: readonly [bigint]) =>
      chain.read.readContract({ address, abi: modelRegistryAbi, functionName, args } as never);
    assert.equal(await read('devKeys'), true);
    assert.deepEqual(await read('srs'), SRS);
    for (const program of [1, 2, 3]) {
      assert.equal(await read('verifierOf', [BigInt(program)]), verifiers[program - 1]);
    }
    for (const program of [0n, 4n, 2n ** 255n]) assert.equal(BigInt((await read('verifierOf', [program])) as Hex), 0n);
  });

  it('says in an event whether its keys are dev keys', async () => {
    for (const devKeys of [true, false]) {
      const address = await chain.deploy('ModelRegistry', [...verifiers, SRS, devKeys, false]);
      const [log] = await chain.read.getLogs({ address, fromBlock: 0n });
      const { eventName, args } = decodeEventLog({ abi: modelRegistryAbi, topics: log.topics, data: log.data });
      assert.equal(eventName, 'RegistryDeployed');
      assert.deepEqual(args, {
        devKeys,
        dataVerifier: verifiers[0],
        seedVerifier: verifiers[1],
        trainVerifier: verifiers[2],
        srs: SRS,
      });
      assert.equal(await chain.read.readContract({ address, abi: modelRegistryAbi, functionName: 'devKeys' }), devKeys);
    }
  });

  it('takes dev keys on the other local chain id', async () => {
    const other = await testChain({ chainId: 1337 });
    await other.deploy('ModelRegistry', [...(await deployVerifiers(other)), SRS, true, false]);
  });

  it('reverts with DevKeysOffLocal for dev keys on any other chain', async () => {
    for (const chainId of [1, 11155111]) {
      const other = await testChain({ chainId });
      const given = [...(await deployVerifiers(other)), SRS, true, false];
      await reverts(other.deploy('ModelRegistry', given), 'DevKeysOffLocal', [BigInt(chainId)]);
    }
  });

  it('takes dev keys on another chain when that is allowed in so many words', async () => {
    const other = await testChain({ chainId: 11155111 });
    const address = await other.deploy('ModelRegistry', [...(await deployVerifiers(other)), SRS, true, true]);
    assert.equal(await other.read.readContract({ address, abi: modelRegistryAbi, functionName: 'devKeys' }), true);
  });

  it('takes real keys on any chain', async () => {
    const other = await testChain({ chainId: 1 });
    await other.deploy('ModelRegistry', [...(await deployVerifiers(other)), SRS, false, false]);
  });

  it('reverts with VerifierWithoutCode when any verifier is no contract', async () => {
    for (const i of [0, 1, 2]) {
      await reverts(
        chain.deploy('ModelRegistry', [...verifiers.with(i, NOWHERE), SRS, true, false]),
        'VerifierWithoutCode',
        [NOWHERE],
      );
    }
  });

  it('reverts with UnusableSrs when a power is infinity, off the curve or given twice', async () => {
    for (const bad of [[0n, 0n, 0n, 0n], elements(1n, 4), SRS.tauC2]) {
      await reverts(chain.deploy('ModelRegistry', [...verifiers, { ...SRS, tauC: bad }, true, false]), 'UnusableSrs');
    }
  });
});

function deployVerifiers(chain: TestChain): Promise<Address[]> {
  return Promise.all([1, 2, 3].map(() => chain.deploy('AnsweringVerifier', ['0x'])));
}
