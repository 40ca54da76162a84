import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type Address, parseEventLogs, toFunctionSelector, toHex, zeroAddress, zeroHash } from 'viem';
import { devKeysLibrary } from '../../scripts/setup/devKeysLibrary.ts';
import { describedAbi } from '../../src/generated/abi.ts';
import { P } from '../../src/numbers/field.ts';
import { powersOnChain, type SrsPowers } from '../../src/registry/opening.ts';
import { CIRCUIT_NAMES } from '../../src/registry/programs/list.ts';
import { keyHash } from '../../src/registry/verificationKey.ts';
import { abiOf, Contract, modelRegistryAbi, reverts, type TestChain, testChain } from './support/chain.ts';
import { DEVELOPMENT_SRS, developmentKey } from './support/developmentKeys.ts';
import { type KnownKey, knownKey, TEST_KEY } from './support/knownKey.ts';
import { elements, TEST_SRS } from './support/knownTau.ts';
import { ALL_PROGRAMS, CIRCUIT_HASH, DAY, DELAY, deployment, deployVerifiers } from './support/verifiersFixture.ts';

const OWNER: Address = '0x00000000000000000000000000000000000000AA';
const RELAY: Address = '0x00000000000000000000000000000000000000bb';
const DATASETS: Address = '0x00000000000000000000000000000000000000dd';
const TRAINERS: Address = '0x00000000000000000000000000000000000000eE';
const REAL = CIRCUIT_NAMES.map((_, i) => knownKey(500n + BigInt(i)));

describe('deployment of verifiers', () => {
  let chain: TestChain;

  before(async () => {
    chain = await testChain();
  });

  it('answers with what it was given; the first keys count at once', async () => {
    const verifiers = await deployVerifiers(chain, { keys: REAL, owner: OWNER });
    assert.deepEqual(await verifiers.read('srs', []), powersOnChain(TEST_SRS));
    assert.equal(await verifiers.read('delay', []), DELAY);
    assert.equal(await verifiers.read('owner', []), OWNER);
    assert.equal(await verifiers.read('pendingOwner', []), zeroAddress);
    assert.equal(await verifiers.read('devKeys', []), false);
    const { timestamp } = await chain.read.getBlock();
    for (const [i, { words, key }] of REAL.entries()) {
      const program = BigInt(ALL_PROGRAMS[i]);
      assert.equal(await verifiers.read('versionOf', [program]), 1n);
      assert.deepEqual(await verifiers.read('keyOf', [program, 1n]), words);
      const { pointer, ...record } = await verifiers.read('keyRecordOf', [program, 1n]);
      assert.deepEqual(record, { countsFrom: timestamp, keyHash: keyHash(key), circuitHash: CIRCUIT_HASH });
    }
  });

  it('says in events what it was given', async () => {
    const verifiers = await deployVerifiers(chain, { keys: REAL, owner: OWNER });
    const logs = await chain.read.getLogs({ address: verifiers.address, fromBlock: 0n });
    const events = parseEventLogs({ abi: verifiers.abi, logs });
    assert.deepEqual(
      events.map(({ eventName }) => eventName),
      ['OwnershipTransferred', 'VerifiersDeployed', ...CIRCUIT_NAMES.map(() => 'KeyAdded'), 'OwnershipTransferred'],
    );
    assert.deepEqual(events[1].args, { srs: powersOnChain(TEST_SRS), delay: DELAY });
    const { timestamp } = await chain.read.getBlock();
    for (const [i, { key }] of REAL.entries()) {
      const program = BigInt(ALL_PROGRAMS[i]);
      const { pointer } = await verifiers.read('keyRecordOf', [program, 1n]);
      assert.deepEqual(events[2 + i].args, {
        program,
        version: 1n,
        pointer,
        countsFrom: timestamp,
        keyHash: keyHash(key),
        circuitHash: CIRCUIT_HASH,
        development: false,
      });
    }
  });

  it('has nobody who may add keys where the owner is zero', async () => {
    const verifiers = await deployVerifiers(chain, { owner: zeroAddress });
    assert.equal(await verifiers.read('owner', []), zeroAddress);
    const [deployer] = chain.accounts;
    const key = { words: TEST_KEY.words, circuitHash: zeroHash };
    const call = verifiers.simulate('addKey', [1n, key], deployer);
    await reverts(call, 'OwnableUnauthorizedAccount', [deployer]);
  });

  it('reverts with DelayOutOfRange for less than two days or more than a year', async () => {
    for (const delay of [0n, 2n * DAY - 1n, 365n * DAY + 1n, 2n ** 256n - 1n]) {
      await reverts(chain.deploy('Verifiers', deployment({ delay })), 'DelayOutOfRange', [delay]);
    }
    for (const delay of [2n * DAY, 365n * DAY]) await deployVerifiers(chain, { delay });
  });

  it('reverts with UnusableSrs when a power is infinity, off the curve or given twice', async () => {
    for (const tauC of [[0n, 0n, 0n, 0n], elements(1n, 4), TEST_SRS.tau]) {
      const srs = { ...TEST_SRS, tauC } as unknown as SrsPowers;
      await reverts(chain.deploy('Verifiers', deployment({ srs })), 'UnusableSrs');
    }
    const { x, y } = TEST_SRS.tables;
    for (const tables of [
      { x: 0n, y: 0n },
      { x, y: y + 1n },
      { x: x + P, y },
      { x, y: y + P },
    ]) {
      const srs = { ...TEST_SRS, tables };
      await reverts(chain.deploy('Verifiers', deployment({ srs })), 'UnusableSrs');
    }
  });

  it('reverts with UnusableKey when any first key is none', async () => {
    for (const [i, { words, ...key }] of REAL.entries()) {
      const keys: KnownKey[] = REAL.with(i, { ...key, words: words.with(17, words[17] + 1n) });
      await reverts(chain.deploy('Verifiers', deployment({ keys })), 'UnusableKey', [BigInt(ALL_PROGRAMS[i])]);
    }
  });
});

describe('development keys', () => {
  const developed = REAL.with(2, developmentKey('train'));

  it('are those of the library, which is made from the public secrets', () => {
    const library = readFileSync(new URL('../../contracts/libraries/DevKeys.sol', import.meta.url), 'utf8');
    assert.equal(library, devKeysLibrary());
  });

  it('are told by any of alpha, beta and delta of any program, and powers by any of them', async () => {
    const chain = await testChain();
    const harness = new Contract(chain, await chain.deploy('ProofHarness'), await abiOf('ProofHarness'));
    const real = REAL[0].words;
    assert.equal(await harness.read('isDevKey', [real]), false);
    for (const program of CIRCUIT_NAMES) {
      const { words } = developmentKey(program);
      for (const [from, to] of [
        [0, 2],
        [2, 6],
        [6, 10],
        [0, 18],
      ]) {
        const mixed = real.toSpliced(from, to - from, ...words.slice(from, to));
        assert.equal(await harness.read('isDevKey', [mixed]), true, `${program} ${from}`);
      }
      // The inputs alone say nothing.
      assert.equal(await harness.read('isDevKey', [real.toSpliced(10, 8, ...words.slice(10))]), false);
    }
    const srs = powersOnChain(TEST_SRS);
    assert.equal(await harness.read('isDevSrs', [srs]), false);
    for (const name of ['tau', 'tauC'] as const) {
      assert.equal(await harness.read('isDevSrs', [{ ...srs, [name]: DEVELOPMENT_SRS[name] }]), true, name);
    }
  });

  it('are taken on local chains, and said to be some', async () => {
    for (const chainId of [31337, 1337]) {
      const chain = await testChain({ chainId });
      for (const options of [{ keys: developed }, { srs: DEVELOPMENT_SRS, keys: REAL }]) {
        const verifiers = await deployVerifiers(chain, options);
        assert.equal(await verifiers.read('devKeys', []), true);
      }
    }
  });

  it('revert with DevKeysOffLocal on any other chain, unless allowed in so many words', async () => {
    for (const chainId of [1, 11155111]) {
      const chain = await testChain({ chainId });
      for (const options of [{ keys: developed }, { srs: DEVELOPMENT_SRS, keys: REAL }]) {
        await reverts(chain.deploy('Verifiers', deployment(options)), 'DevKeysOffLocal', [BigInt(chainId)]);
        const verifiers = await deployVerifiers(chain, { ...options, allowDevKeysOffLocal: true });
        assert.equal(await verifiers.read('devKeys', []), true);
      }
    }
  });

  it('are refused as later keys too, and told of where they are taken', async () => {
    const words = { words: developmentKey('seed').words, circuitHash: zeroHash };
    const abroad = await testChain({ chainId: 1 });
    const owner = abroad.accounts[0];
    const real = await deployVerifiers(abroad, { keys: REAL, owner });
    await reverts(real.simulate('addKey', [3n, words], owner), 'DevKeysOffLocal', [1n]);
    assert.equal(await real.read('devKeys', []), false);

    const local = await testChain();
    const verifiers = await deployVerifiers(local, { keys: REAL, owner: local.accounts[0] });
    const { logs } = await verifiers.send('addKey', [3n, words], local.accounts[0]);
    const [added] = parseEventLogs({ abi: verifiers.abi, logs, eventName: 'KeyAdded' });
    assert.equal((added.args as unknown as { development: boolean }).development, true);
    assert.equal(await verifiers.read('devKeys', []), true);
  });
});

describe('deployment of the registry', () => {
  let chain: TestChain;
  let verifiers: Contract;
  let registry: Contract;

  before(async () => {
    chain = await testChain();
    verifiers = await deployVerifiers(chain, { keys: REAL.with(0, developmentKey('data')) });
    const address = await chain.deploy('ModelRegistry', [verifiers.address, RELAY]);
    registry = new Contract(chain, address, modelRegistryAbi);
  });

  it('answers with its verifiers and what they hold', async () => {
    const scoreboard = new Contract(
      chain,
      await chain.deploy('Scoreboard', [registry.address, DATASETS, TRAINERS, RELAY]),
      await abiOf('Scoreboard'),
    );
    assert.equal(await registry.read('verifiers', []), verifiers.address);
    assert.equal(await registry.read('devKeys', []), true);
    assert.deepEqual(await registry.read('srs', []), powersOnChain(TEST_SRS));
    assert.equal(await scoreboard.read('registry', []), registry.address);
    assert.equal(await scoreboard.read('datasets', []), DATASETS);
    assert.equal(await scoreboard.read('trainers', []), TRAINERS);
  });

  it('says in an event whether its keys are dev keys', async () => {
    const logs = await chain.read.getLogs({ address: registry.address, fromBlock: 0n });
    assert.deepEqual(
      parseEventLogs({ abi: modelRegistryAbi, logs }).map(({ eventName, args }) => ({ eventName, args })),
      [{ eventName: 'RegistryDeployed', args: { verifiers: verifiers.address, devKeys: true } }],
    );
  });

  it('answers ILineage, whose identifier its text states', async () => {
    const identifier = (await abiOf('ILineage'))
      .filter((entry) => entry.type === 'function')
      .reduce((id, entry) => id ^ BigInt(toFunctionSelector(entry)), 0n);
    const text = readFileSync(new URL('../../contracts/interfaces/ILineage.sol', import.meta.url), 'utf8');
    const stated = toHex(identifier, { size: 4 });
    assert.ok(text.includes(`ERC-165 identifier: ${stated}`));
    const described = new Contract(chain, registry.address, describedAbi as never);
    assert.equal(await described.read('supportsInterface', [stated]), true);
  });
});
