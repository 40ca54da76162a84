// The resolver against the code of EAS as its makers publish it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  type Abi,
  type Address,
  encodeAbiParameters,
  getAddress,
  type Hex,
  parseAbiParameters,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from 'viem';
import { easResolverAbi } from '../../src/generated/abi.ts';
import { AttestationFixture, idOf, type List } from './support/attestations.ts';
import { Contract, reverts } from './support/chain.ts';
import { sendValue } from './support/money.ts';

const require = createRequire(import.meta.url);
/** ABI and bytecode as the package of EAS holds them. */
function published(name: 'EAS' | 'SchemaRegistry'): { abi: Abi; bytecode: Hex } {
  return require(`@ethereum-attestation-service/eas-contracts/artifacts/contracts/${name}.sol/${name}.json`);
}

const URI = 'https://source.example';
const LICENCE = 'CC0-1.0';

let fixture: AttestationFixture;
let attestations: Contract;
let eas: Contract;
let schemas: Contract;
let resolver: Contract;
let schema: Hex;
let alice: Address;
let bob: Address;
let snapshot: unknown;

/** Puts a published contract on the chain. */
async function place(name: 'EAS' | 'SchemaRegistry', args: readonly unknown[]): Promise<Contract> {
  const { chain } = fixture.registered;
  const { abi, bytecode } = published(name);
  const hash = await chain.wallet.deployContract({ abi, bytecode, args, account: alice, chain: null });
  const { contractAddress } = await chain.read.getTransactionReceipt({ hash });
  return new Contract(chain, getAddress(contractAddress!), abi);
}

before(async () => {
  fixture = await AttestationFixture.create();
  ({ attestations } = fixture);
  ({ alice, bob } = fixture.registered);
  const { chain } = fixture.registered;
  schemas = await place('SchemaRegistry', []);
  eas = await place('EAS', [schemas.address]);
  const address = await chain.deploy('EasResolver', [eas.address, attestations.address]);
  resolver = new Contract(chain, address, easResolverAbi);
  const text = await resolver.read('schemaText', []);
  schema = await resolver.read('schema', []);
  await schemas.send('register', [text, address, true], bob);
});
beforeEach(async () => {
  snapshot = await fixture.registered.chain.request('evm_snapshot');
  await attestations.send('setOperator', [alice, resolver.address, true], alice);
});
afterEach(async () => {
  await fixture.registered.chain.request('evm_revert', snapshot);
});

/** What an attestation of the schema says. */
function dataOf({ registrar, shardIds, uri }: List, more = URI, licence = LICENCE): Hex {
  const types = parseAbiParameters('address, bytes32[], string, string, string');
  return encodeAbiParameters(types, [registrar, [...shardIds], uri, more, licence]);
}

const request = (list: List, change: object = {}) => ({
  recipient: zeroAddress,
  expirationTime: 0n,
  revocable: true,
  refUID: zeroHash,
  data: dataOf(list),
  value: 0n,
  ...change,
});
const attesting = (list: List, change?: object) => [{ schema, data: request(list, change) }];

async function fresh(): Promise<List> {
  return fixture.list(await fixture.shards(2));
}

/** Attests by EAS. @returns the attestation's uid */
async function attest(list: List, by = alice, change?: object): Promise<Hex> {
  const uid: Hex = await eas.simulate('attest', attesting(list, change), by);
  const receipt = await eas.send('attest', attesting(list, change), by);
  const [{ args }] = parseEventLogs({ abi: eas.abi, logs: receipt.logs, eventName: 'Attested' }) as unknown as [
    { args: { uid: Hex } },
  ];
  assert.equal(args.uid.length, uid.length);
  return args.uid;
}

const revoke = (uid: Hex, by = alice) => eas.send('revoke', [{ schema, data: { uid, value: 0n } }], by);
const stands = (list: List, source = alice) => attestations.read('isAttested', [idOf(list), source]);
const last = (list: List, source = alice) => attestations.read('attestation', [idOf(list), source]);

describe('an attestation of EAS', () => {
  it('makes the attester a source, with the resolver as operator', async () => {
    const list = await fresh();
    await attest(list);
    const { operator, uri, licence, endBlock } = await last(list);
    assert.deepEqual([operator, uri, licence, endBlock], [resolver.address, URI, LICENCE, 0n]);
    for (const shard of list.shardIds) assert.equal(await attestations.read('isAttestedBy', [shard, alice]), true);
    assert.equal(await stands(list, bob), false);
  });

  it('withdraws by being revoked, also when the source no longer allows the resolver', async () => {
    const [one, other] = [await fresh(), await fresh()];
    const uids = [await attest(one), await attest(other)];
    await revoke(uids[0]);
    assert.deepEqual([await stands(one), await stands(other)], [false, true]);
    await attestations.send('setOperator', [alice, resolver.address, false], alice);
    await revoke(uids[1]);
    assert.equal(await stands(other), false);
    assert.equal((await last(other)).endBlock > 0n, true);
  });

  it('can be revoked without effect when the source withdrew it here', async () => {
    const list = await fresh();
    const uid = await attest(list);
    await attestations.send('withdraw', [list, alice], alice);
    await revoke(uid);
    assert.equal(await stands(list), false);
    assert.equal(await attestations.read('attestationCount', [idOf(list), alice]), 1n);
  });

  it('can be revoked without touching what the source said since, here or by EAS', async () => {
    const list = await fresh();
    const [first, second] = [await attest(list), await attest(list)];
    await revoke(first);
    assert.equal(await stands(list), true);
    await attestations.send('attest', [list, alice, 'https://here.example', ''], alice);
    await revoke(second);
    assert.equal((await last(list)).uri, 'https://here.example');
    assert.equal(await stands(list), true);
  });

  it('attests again after it was revoked', async () => {
    const list = await fresh();
    await revoke(await attest(list));
    const uid = await attest(list);
    assert.equal(await stands(list), true);
    await revoke(uid);
    assert.equal(await stands(list), false);
  });

  it('is made with others at once and revoked with them, all or none', async () => {
    const lists = [await fresh(), await fresh()];
    const both = [{ schema, data: lists.map((list) => request(list)) }];
    const uids: Hex[] = await eas.simulate('multiAttest', [both], alice);
    const unlisted = { ...lists[1], uri: 'unlisted' };
    const bad = [{ schema, data: [request(lists[0]), request(unlisted)] }];
    await reverts(eas.simulate('multiAttest', [bad], alice), 'UnknownDataset', [idOf(unlisted)]);
    const receipt = await eas.send('multiAttest', [both], alice);
    assert.deepEqual(await Promise.all(lists.map((list) => stands(list))), [true, true]);
    const logs = parseEventLogs({ abi: eas.abi, logs: receipt.logs, eventName: 'Attested' });
    const made = logs.map(({ args }) => (args as unknown as { uid: Hex }).uid);
    assert.equal(made.length, uids.length);
    await eas.send('multiRevoke', [[{ schema, data: made.map((uid) => ({ uid, value: 0n })) }]], alice);
    assert.deepEqual(await Promise.all(lists.map((list) => stands(list))), [false, false]);
  });
});

describe('EAS refuses an attestation', () => {
  it('of a source that has not allowed the resolver: NotTheSource', async () => {
    const list = await fresh();
    await reverts(eas.simulate('attest', attesting(list), bob), 'NotTheSource', [bob, resolver.address]);
  });

  it('of a source whose rights went over to another key: NotTheSource', async () => {
    const list = await fresh();
    const uid = await attest(list);
    const { trainers } = fixture.registered;
    await trainers.send('offerKey', [alice, bob], alice);
    await trainers.send('acceptKey', [alice], bob);
    await reverts(eas.simulate('attest', attesting(list), alice), 'NotTheSource', [alice, alice]);
    await revoke(uid);
    assert.equal(await stands(list), false);
  });

  it('of a source that handed on its rights, also where the new key allows the resolver: NotTheSource', async () => {
    const list = await fresh();
    await fixture.handOn(alice, bob);
    await attestations.send('setOperator', [alice, resolver.address, true], bob);
    // The attester is the source's address, which is no longer its key.
    await reverts(eas.simulate('attest', attesting(list), alice), 'NotTheSource', [alice, alice]);
    const { trainers } = fixture.registered;
    await trainers.send('offerKey', [alice, alice], bob);
    await trainers.send('acceptKey', [alice], alice);
    await attest(list);
    assert.equal(await stands(list), true);
  });

  it('that would end by itself: AttestationExpires', async () => {
    const { timestamp } = await fixture.registered.chain.read.getBlock();
    const expirationTime = timestamp + 1000n;
    const call = eas.simulate('attest', attesting(await fresh(), { expirationTime }), alice);
    await reverts(call, 'AttestationExpires', [expirationTime]);
  });

  it('that carries Ether: NotPayable, and the resolver takes none otherwise', async () => {
    const list = await fresh();
    await reverts(eas.simulate('attest', attesting(list, { value: 1n }), alice), 'NotPayable');
    assert.equal(await resolver.read('isPayable', []), false);
    const { chain } = fixture.registered;
    await assert.rejects(
      chain.wallet.sendTransaction({ account: alice, to: resolver.address, value: 1n, chain: null }),
    );
    await chain.request('hardhat_impersonateAccount', eas.address);
    await chain.request('hardhat_setBalance', eas.address, `0x${(10n ** 18n).toString(16)}`);
    await assert.rejects(sendValue(resolver, 'attest', [stored(list)], 1n, eas.address));
  });

  it('of a dataset that is not listed, of long texts, and of data in another form', async () => {
    const list = await fresh();
    const other = { ...list, registrar: alice };
    await reverts(eas.simulate('attest', attesting(other), alice), 'UnknownDataset', [idOf(other)]);
    const long = attesting(list, { data: dataOf(list, URI, 'l'.repeat(65)) });
    await reverts(eas.simulate('attest', long, alice), 'LicenceTooLong', [65n]);
    await assert.rejects(eas.simulate('attest', attesting(list, { data: '0x1234' }), alice));
  });

  it('of a schema that names the resolver with another text or as irrevocable: OtherSchema', async () => {
    const list = await fresh();
    const text: string = await resolver.read('schemaText', []);
    for (const [words, revocable] of [
      [`${text},bool more`, true],
      [text, false],
    ] as const) {
      const args = [words, resolver.address, revocable] as const;
      const other: Hex = await schemas.simulate('register', args);
      await schemas.send('register', args);
      const data = request(list, { revocable });
      await reverts(eas.simulate('attest', [{ schema: other, data }], alice), 'OtherSchema', [other]);
    }
  });
});

/** An attestation as EAS passes it on. */
const stored = (list: List) => ({
  uid: `0x${'11'.repeat(32)}`,
  schema,
  time: 1n,
  expirationTime: 0n,
  revocationTime: 0n,
  refUID: zeroHash,
  recipient: zeroAddress,
  attester: alice,
  revocable: true,
  data: dataOf(list),
});

describe('the resolver', () => {
  it('is called by EAS alone: NotEas', async () => {
    const one = stored(await fresh());
    for (const by of [alice, bob]) {
      for (const name of ['attest', 'revoke']) await reverts(resolver.simulate(name, [one], by), 'NotEas', [by]);
      for (const name of ['multiAttest', 'multiRevoke'])
        await reverts(resolver.simulate(name, [[one], [0n]], by), 'NotEas', [by]);
    }
  });

  it('names EAS, the attestations and the schema under which EAS knows it', async () => {
    assert.equal(await resolver.read('eas', []), eas.address);
    assert.equal(await resolver.read('attestations', []), attestations.address);
    const record = await schemas.read('getSchema', [schema]);
    assert.equal(record.schema, await resolver.read('schemaText', []));
    assert.deepEqual([record.resolver, record.revocable], [resolver.address, true]);
  });

  it('of another EAS has no effect for a source that has not allowed it', async () => {
    const list = await fresh();
    const { chain } = fixture.registered;
    const address = await chain.deploy('EasResolver', [bob, attestations.address]);
    const forged = new Contract(chain, address, easResolverAbi);
    const own = { ...stored(list), schema: await forged.read('schema', []) };
    await reverts(forged.simulate('attest', [own], bob), 'NotTheSource', [alice, address]);
  });
});
