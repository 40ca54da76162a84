import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type Address, type Hex, keccak256, parseEventLogs, toFunctionSelector, toHex, zeroAddress } from 'viem';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import { abiOf, Contract, modelRegistryAbi, reverts, type TestChain, testChain } from './support/chain.ts';
import { elements, TEST_SRS } from './support/knownTau.ts';
import { srsArgument } from './support/registryFixture.ts';

/** The first number that is no program's. */
const BEYOND = BigInt(PROGRAM_NAMES.length + 1);

const SRS = srsArgument(TEST_SRS);
const NOWHERE: Address = '0x0000000000000000000000000000000000000001';
const OWNER: Address = '0x00000000000000000000000000000000000000AA';
const RELAY: Address = '0x00000000000000000000000000000000000000bb';

describe('deployment of the registry', () => {
  let chain: TestChain;
  let verifiers: Address[];
  let codeHash: Hex;

  before(async () => {
    chain = await testChain();
    verifiers = await deployVerifiers(chain);
    codeHash = keccak256((await chain.read.getCode({ address: verifiers[0] })) ?? '0x');
  });

  it('answers with what it was given', async () => {
    const verifierSet = await deployed(chain, [verifiers, SRS, true, false, OWNER]);
    const registry = new Contract(
      chain,
      await chain.deploy('ModelRegistry', [verifierSet.address, RELAY]),
      modelRegistryAbi,
    );
    const scoreboard = new Contract(
      chain,
      await chain.deploy('Scoreboard', [registry.address, RELAY]),
      await abiOf('Scoreboard'),
    );
    for (const contract of [verifierSet, registry]) {
      assert.equal(await contract.read('devKeys', []), true);
      assert.deepEqual(await contract.read('srs', []), SRS);
      for (let program = 1n; program < BEYOND; program++) {
        assert.equal(await contract.read('verifierOf', [program]), verifiers[Number(program) - 1]);
      }
      for (const program of [0n, BEYOND, 2n ** 255n]) {
        assert.equal(BigInt(await contract.read('verifierOf', [program])), 0n);
      }
    }
    assert.equal(await registry.read('verifiers', []), verifierSet.address);
    assert.equal(await verifierSet.read('owner', []), OWNER);
    assert.equal(await scoreboard.read('registry', []), registry.address);
  });

  it('says by ERC-165 that it answers ILineage, whose identifier its text states', async () => {
    const verifierSet = await deployed(chain, [verifiers, SRS, true, false, OWNER]);
    const registry = new Contract(
      chain,
      await chain.deploy('ModelRegistry', [verifierSet.address, RELAY]),
      modelRegistryAbi,
    );
    const identifier = (await abiOf('ILineage'))
      .filter((entry) => entry.type === 'function')
      .reduce((id, entry) => id ^ BigInt(toFunctionSelector(entry)), 0n);
    assert.equal(toHex(identifier, { size: 4 }), '0xb99385bb');
    const text = readFileSync(new URL('../../contracts/interfaces/ILineage.sol', import.meta.url), 'utf8');
    assert.ok(text.includes('ERC-165 identifier: 0xb99385bb'));
    for (const [id, supported] of [
      ['0xb99385bb', true],
      ['0x01ffc9a7', true],
      ['0xffffffff', false],
      ['0x00000000', false],
    ] as const) {
      assert.equal(await registry.read('supportsInterface', [id]), supported, id);
    }
  });

  it('says in events whether its keys are dev keys, and all first verifiers', async () => {
    for (const devKeys of [true, false]) {
      const verifierSet = await deployed(chain, [verifiers, SRS, devKeys, false, OWNER]);
      const [first, ...others] = await eventsOf(verifierSet);
      assert.deepEqual(first, { eventName: 'VerifiersDeployed', args: { devKeys, srs: SRS } });
      const added = verifiers.map((verifier, i) => ({
        eventName: 'VerifierAdded',
        args: { program: BigInt(i + 1), version: 1n, verifier, codeHash },
      }));
      const owned = { previousOwner: zeroAddress, newOwner: OWNER };
      assert.deepEqual(others, [...added, { eventName: 'OwnershipTransferred', args: owned }]);
      const registry = new Contract(
        chain,
        await chain.deploy('ModelRegistry', [verifierSet.address, RELAY]),
        modelRegistryAbi,
      );
      assert.deepEqual(await eventsOf(registry), [
        { eventName: 'RegistryDeployed', args: { verifiers: verifierSet.address, devKeys } },
      ]);
    }
  });

  it('takes dev keys on the other local chain id', async () => {
    const other = await testChain({ chainId: 1337 });
    await other.deploy('Verifiers', [await deployVerifiers(other), SRS, true, false, OWNER]);
  });

  it('reverts with DevKeysOffLocal for dev keys on any other chain', async () => {
    for (const chainId of [1, 11155111]) {
      const other = await testChain({ chainId });
      const given = [await deployVerifiers(other), SRS, true, false, OWNER];
      await reverts(other.deploy('Verifiers', given), 'DevKeysOffLocal', [BigInt(chainId)]);
    }
  });

  it('takes dev keys on another chain when that is allowed in so many words', async () => {
    const other = await testChain({ chainId: 11155111 });
    const verifierSet = await deployed(other, [await deployVerifiers(other), SRS, true, true, OWNER]);
    assert.equal(await verifierSet.read('devKeys', []), true);
  });

  it('takes real keys on any chain', async () => {
    const other = await testChain({ chainId: 1 });
    await other.deploy('Verifiers', [await deployVerifiers(other), SRS, false, false, OWNER]);
  });

  it('reverts with VerifierWithoutCode when any verifier is no contract', async () => {
    for (const i of [0, 1, 2, 3, 4, 5]) {
      await reverts(
        chain.deploy('Verifiers', [verifiers.with(i, NOWHERE), SRS, true, false, OWNER]),
        'VerifierWithoutCode',
        [NOWHERE],
      );
    }
  });

  it('reverts with UnusableSrs when a power is infinity, off the curve or given twice', async () => {
    for (const bad of [[0n, 0n, 0n, 0n], elements(1n, 4), SRS.tauC2]) {
      await reverts(chain.deploy('Verifiers', [verifiers, { ...SRS, tauC: bad }, true, false, OWNER]), 'UnusableSrs');
    }
  });
});

function deployVerifiers(chain: TestChain): Promise<Address[]> {
  return Promise.all(PROGRAM_NAMES.map(() => chain.deploy('AnsweringVerifier', ['0x'])));
}

async function deployed(chain: TestChain, args: readonly unknown[]): Promise<Contract> {
  return new Contract(chain, await chain.deploy('Verifiers', args), verifiersAbi);
}

async function eventsOf({ chain, address }: Contract) {
  const logs = await chain.read.getLogs({ address, fromBlock: 0n });
  return parseEventLogs({ abi: [...verifiersAbi, ...modelRegistryAbi], logs }).map(({ eventName, args }) => ({
    eventName,
    args,
  }));
}
