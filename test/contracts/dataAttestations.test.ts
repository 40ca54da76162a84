import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Address, encodeFunctionData, type Hex, parseEventLogs, type TransactionReceipt, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { dataAttestationsAbi } from '../../src/generated/abi.ts';
import { attestationTypedData } from '../../src/registry/attestation.ts';
import { AttestationFixture, FAR, idOf, type List, SOURCE } from './support/attestations.ts';
import { Contract, reverts } from './support/chain.ts';
import { deploy } from './support/money.ts';

const URI = 'https://source.example';
const LICENCE = 'CC-BY-4.0';
const STRANGER = privateKeyToAccount(`0x${'52'.repeat(32)}`);
const MOST = 2n ** 256n - 1n;

let fixture: AttestationFixture;
let attestations: Contract;
let alice: Address;
let bob: Address;
let snapshot: unknown;

before(async () => {
  fixture = await AttestationFixture.create();
  ({ attestations } = fixture);
  ({ alice, bob } = fixture.registered);
});
beforeEach(async () => {
  snapshot = await fixture.registered.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.registered.chain.request('evm_revert', snapshot);
});

const eventsOf = ({ logs }: TransactionReceipt) =>
  parseEventLogs({ abi: dataAttestationsAbi, logs }).map(({ eventName, args }) => ({ eventName, args }));

async function fresh(shards = 2): Promise<{ list: List; dataset: Hex }> {
  const list = await fixture.list(await fixture.shards(shards));
  return { list, dataset: idOf(list) };
}

const attest = (list: List, source: Address, by = source, uri = URI, licence = LICENCE) =>
  attestations.send('attest', [list, source, uri, licence], by);
const withdraw = (list: List, source: Address, by = source) => attestations.send('withdraw', [list, source], by);

/** What the contract says of a source and a dataset. */
async function stateOf(list: List, source: Address) {
  const dataset = idOf(list);
  const shards = list.shardIds.map((shard) => attestations.read('isAttestedBy', [shard, source]));
  return {
    dataset: await attestations.read('isAttested', [dataset, source]),
    shards: await Promise.all(shards),
    count: await attestations.read('attestationCount', [dataset, source]),
  };
}

describe('attest', () => {
  it('records that a source says that a dataset and each of its shards is its own', async () => {
    const { list, dataset } = await fresh(3);
    assert.deepEqual(await stateOf(list, alice), { dataset: false, shards: [false, false, false], count: 0n });
    assert.equal(await attestations.simulate('attest', [list, alice, URI, LICENCE], alice), 0n);
    const receipt = await attest(list, alice);
    const args = { dataset, source: alice, index: 0n, operator: zeroAddress, uri: URI, licence: LICENCE };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'DataAttested', args }]);
    assert.deepEqual(await stateOf(list, alice), { dataset: true, shards: [true, true, true], count: 1n });
    assert.deepEqual(await attestations.read('attestation', [dataset, alice]), {
      operator: zeroAddress,
      blockNumber: receipt.blockNumber,
      endBlock: 0n,
      uri: URI,
      licence: LICENCE,
    });
  });

  it('says nothing of other sources and other shards', async () => {
    const { list } = await fresh();
    const { list: other } = await fresh();
    await attest(list, alice);
    const none = { dataset: false, shards: [false, false], count: 0n };
    assert.deepEqual(await stateOf(list, bob), none);
    assert.deepEqual(await stateOf(other, alice), none);
    const nothing = { operator: zeroAddress, blockNumber: 0n, endBlock: 0n, uri: '', licence: '' };
    assert.deepEqual(await attestations.read('attestation', [idOf(other), alice]), nothing);
  });

  it('replaces what the source said before, which stays in its history', async () => {
    const { list, dataset } = await fresh();
    const first = await attest(list, alice);
    const second = await attest(list, alice, alice, 'https://new.example', '');
    const [before, now] = await attestations.read('attestations', [dataset, alice, 0n, 9n]);
    assert.deepEqual([before.blockNumber, before.endBlock], [first.blockNumber, second.blockNumber]);
    assert.deepEqual([before.uri, before.licence], [URI, LICENCE]);
    assert.deepEqual([now.endBlock, now.uri, now.licence], [0n, 'https://new.example', '']);
    await withdraw(list, alice);
    assert.deepEqual(await stateOf(list, alice), { dataset: false, shards: [false, false], count: 2n });
  });

  it('takes texts of 256 and 64 bytes and reverts with UriTooLong and LicenceTooLong for one more', async () => {
    const { list } = await fresh();
    const call = (uri: number, licence: number) =>
      attestations.simulate('attest', [list, alice, 'u'.repeat(uri), 'l'.repeat(licence)], alice);
    await call(256, 64);
    await reverts(call(257, 64), 'UriTooLong', [257n]);
    await reverts(call(256, 65), 'LicenceTooLong', [65n]);
  });

  it('reverts with UnknownDataset for shards that nobody listed so', async () => {
    const { list } = await fresh();
    for (const other of [
      { ...list, registrar: alice },
      { ...list, shardIds: list.shardIds.slice(1) },
      { ...list, uri: 'ipfs://' },
    ])
      await reverts(attestations.simulate('attest', [other, alice, '', ''], alice), 'UnknownDataset', [idOf(other)]);
  });

  it('goes on for a dataset that its registrar revoked', async () => {
    const { list, dataset } = await fresh();
    await fixture.registered.datasets.send('revoke', [dataset], bob);
    await attest(list, alice);
    assert.equal((await stateOf(list, alice)).dataset, true);
  });

  it('reverts with NotTheSource for everybody else, the registrar among them', async () => {
    const { list } = await fresh();
    await reverts(attestations.simulate('attest', [list, alice, '', ''], bob), 'NotTheSource', [alice, bob]);
  });

  it('is the matter of the key that took over the rights of the source', async () => {
    const { list } = await fresh();
    await fixture.handOn(alice, bob);
    await reverts(attestations.simulate('attest', [list, alice, '', ''], alice), 'NotTheSource', [alice, alice]);
    assert.deepEqual(eventsOf(await attest(list, alice, bob))[0].args, {
      dataset: idOf(list),
      source: alice,
      index: 0n,
      operator: zeroAddress,
      uri: URI,
      licence: LICENCE,
    });
  });
});

describe('withdraw', () => {
  it('ends what stands, keeps it readable and allows to attest again', async () => {
    const { list, dataset } = await fresh();
    await attest(list, alice);
    const receipt = await withdraw(list, alice);
    const args = { dataset, source: alice, index: 0n, operator: zeroAddress };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'AttestationWithdrawn', args }]);
    assert.deepEqual(await stateOf(list, alice), { dataset: false, shards: [false, false], count: 1n });
    const { endBlock, uri } = await attestations.read('attestation', [dataset, alice]);
    assert.deepEqual({ endBlock, uri }, { endBlock: receipt.blockNumber, uri: URI });
    assert.equal(await attestations.simulate('attest', [list, alice, '', ''], alice), 1n);
    await attest(list, alice);
    assert.deepEqual(await stateOf(list, alice), { dataset: true, shards: [true, true], count: 2n });
  });

  it('leaves shards attested that another dataset of the source has, whoever listed it', async () => {
    const shards = await fixture.shards(3);
    const [one, other] = [await fixture.list(shards.slice(0, 2)), await fixture.list(shards.slice(1), alice)];
    await attest(one, alice);
    await attest(other, alice);
    const by = () => Promise.all(shards.map((shard) => attestations.read('isAttestedBy', [shard, alice])));
    assert.deepEqual(await by(), [true, true, true]);
    await withdraw(one, alice);
    assert.deepEqual(await by(), [false, true, true]);
    await withdraw(other, alice);
    assert.deepEqual(await by(), [false, false, false]);
  });

  it('reverts with NotAttested where nothing stands: never, no longer, or of another source', async () => {
    const { list, dataset } = await fresh();
    const call = () => attestations.simulate('withdraw', [list, alice], alice);
    await attest(list, bob);
    await reverts(call(), 'NotAttested', [dataset, alice]);
    await attest(list, alice);
    await withdraw(list, alice);
    await reverts(call(), 'NotAttested', [dataset, alice]);
  });

  it('reverts with NotAttested where nothing stands, by a signature too', async () => {
    const { list, dataset } = await fresh();
    const word = await fixture.word(list, 'withdraw');
    const call = attestations.simulate(...fixture.call(list, word, await fixture.sign(word)));
    await reverts(call, 'NotAttested', [dataset, SOURCE.address]);
  });

  it('reverts with NotTheSource for everybody else, and for a key that handed on the rights', async () => {
    const { list } = await fresh();
    await attest(list, alice);
    const call = (by: Address) => attestations.simulate('withdraw', [list, alice], by);
    await reverts(call(bob), 'NotTheSource', [alice, bob]);
    await fixture.handOn(alice, bob);
    await reverts(call(alice), 'NotTheSource', [alice, alice]);
    await withdraw(list, alice, bob);
  });
});

describe('an operator', () => {
  let operator: Address;
  before(() => {
    operator = fixture.registered.chain.accounts[4];
  });

  it('attests and withdraws for a source whose key allowed it, and is named', async () => {
    const { list, dataset } = await fresh();
    const receipt = await attestations.send('setOperator', [alice, operator, true], alice);
    const args = { source: alice, key: alice, operator, allowed: true };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'OperatorSet', args }]);
    assert.deepEqual(
      await Promise.all([alice, operator, bob].map((one) => attestations.read('mayActFor', [alice, one]))),
      [true, true, false],
    );
    await attest(list, alice, operator);
    assert.equal((await attestations.read('attestation', [dataset, alice])).operator, operator);
    const [withdrawn] = eventsOf(await withdraw(list, alice, operator));
    assert.deepEqual(withdrawn.args, { dataset, source: alice, index: 0n, operator });
  });

  it('may withdraw what it attested even when it may no longer attest, and nothing else', async () => {
    const { list } = await fresh();
    await attestations.send('setOperator', [alice, operator, true], alice);
    await attest(list, alice, operator);
    await attestations.send('setOperator', [alice, operator, false], alice);
    const call = (name: string, ...more: string[]) => attestations.simulate(name, [list, alice, ...more], operator);
    await reverts(call('attest', '', ''), 'NotTheSource', [alice, operator]);
    await call('withdraw');
    await attest(list, alice);
    await reverts(call('withdraw'), 'NotTheSource', [alice, operator]);
  });

  it('loses its leave when the source gets another key, and has it again of that key only', async () => {
    await attestations.send('setOperator', [alice, operator, true], alice);
    await fixture.handOn(alice, bob);
    assert.equal(await attestations.read('mayActFor', [alice, operator]), false);
    await attestations.send('setOperator', [alice, operator, true], bob);
    assert.equal(await attestations.read('mayActFor', [alice, operator]), true);
  });

  it('is set by the key alone: NotTheSource for others, operators among them', async () => {
    await attestations.send('setOperator', [alice, operator, true], alice);
    for (const by of [bob, operator])
      await reverts(attestations.simulate('setOperator', [alice, bob, true], by), 'NotTheSource', [alice, by]);
  });
});

describe('what a source signed', () => {
  it('attests and withdraws, whoever carries it, and leaves no right to who does', async () => {
    const { list, dataset } = await fresh();
    const receipt = await fixture.carry(list, await fixture.word(list, 'attest'));
    const about = { dataset, source: SOURCE.address, index: 0n, operator: zeroAddress };
    assert.deepEqual(eventsOf(receipt), [
      { eventName: 'DataAttested', args: { ...about, uri: URI, licence: LICENCE } },
    ]);
    const carrier = fixture.registered.chain.accounts[0];
    await reverts(attestations.simulate('withdraw', [list, SOURCE.address], carrier), 'NotTheSource', [
      SOURCE.address,
      carrier,
    ]);
    const withdrawn = await fixture.carry(list, await fixture.word(list, 'withdraw'));
    assert.deepEqual(eventsOf(withdrawn), [{ eventName: 'AttestationWithdrawn', args: about }]);
    assert.equal((await stateOf(list, SOURCE.address)).dataset, false);
  });

  it('works once: WrongSignature when it comes again, also after the source withdrew', async () => {
    const { list } = await fresh();
    const attesting = await fixture.word(list, 'attest');
    const signed = fixture.call(list, attesting, await fixture.sign(attesting));
    await attestations.send(...signed);
    await reverts(attestations.simulate(...signed), 'WrongSignature', [SOURCE.address]);
    const withdrawing = await fixture.word(list, 'withdraw');
    const back = fixture.call(list, withdrawing, await fixture.sign(withdrawing));
    await attestations.send(...back);
    await reverts(attestations.simulate(...signed), 'WrongSignature', [SOURCE.address]);
    await fixture.carry(list, await fixture.word(list, 'attest'));
    await reverts(attestations.simulate(...back), 'WrongSignature', [SOURCE.address]);
  });

  it('works until its deadline: Expired a second later', async () => {
    const { list } = await fresh();
    const { chain } = fixture.registered;
    const { timestamp } = await chain.read.getBlock();
    for (const says of ['attest', 'withdraw'] as const) {
      const late = await fixture.word(list, says, { deadline: timestamp - 1n });
      const call = attestations.simulate(...fixture.call(list, late, await fixture.sign(late)));
      await reverts(call, 'Expired', [timestamp - 1n]);
    }
    const deadline = timestamp + 100n;
    const word = await fixture.word(list, 'attest', { deadline });
    await chain.request('evm_setNextBlockTimestamp', Number(deadline));
    await fixture.carry(list, word);
  });

  it('counts only as it was signed: WrongSignature when anything is changed', async () => {
    const { list } = await fresh();
    const { list: other } = await fresh();
    const word = await fixture.word(list, 'attest');
    const signature = await fixture.sign(word);
    for (const [on, change] of [
      [other, {}],
      [list, { source: alice }],
      [list, { uri: 'https://else.example' }],
      [list, { licence: 'CC0-1.0' }],
      [list, { deadline: FAR - 1n }],
    ] as const) {
      const source = 'source' in change ? change.source : SOURCE.address;
      const call = attestations.simulate(...fixture.call(on, { ...word, ...change }, signature));
      await reverts(call, 'WrongSignature', [source]);
    }
    await attestations.simulate(...fixture.call(list, word, signature));
  });

  it('to withdraw counts only as it was signed, and an attestation is no withdrawal', async () => {
    const { list } = await fresh();
    const { list: other } = await fresh();
    for (const on of [list, other]) await fixture.carry(on, await fixture.word(on, 'attest'));
    const word = await fixture.word(list, 'withdraw');
    const signature = await fixture.sign(word);
    for (const [on, change] of [
      [other, {}],
      [list, { deadline: FAR - 1n }],
    ] as const) {
      const call = attestations.simulate(...fixture.call(on, { ...word, ...change }, signature));
      await reverts(call, 'WrongSignature', [SOURCE.address]);
    }
    const attesting = await fixture.sign(await fixture.word(list, 'attest'));
    await reverts(attestations.simulate(...fixture.call(list, word, attesting)), 'WrongSignature', [SOURCE.address]);
    await attestations.simulate(...fixture.call(list, word, signature));
  });

  it('counts on one chain and for one contract: WrongSignature elsewhere', async () => {
    const { list } = await fresh();
    const word = await fixture.word(list, 'attest');
    const { chainId, contract } = fixture.place;
    for (const place of [
      { chainId: chainId + 1, contract },
      { chainId, contract: fixture.registered.datasets.address },
    ]) {
      const signature = await SOURCE.signTypedData(attestationTypedData(place, word));
      await reverts(attestations.simulate(...fixture.call(list, word, signature)), 'WrongSignature', [SOURCE.address]);
    }
  });

  it('is the word of its key alone: WrongSignature of a stranger and of a key that handed on the rights', async () => {
    const { list } = await fresh();
    const word = await fixture.word(list, 'attest', { source: alice });
    for (const by of [STRANGER, SOURCE]) {
      const call = attestations.simulate(...fixture.call(list, word, await fixture.sign(word, by)));
      await reverts(call, 'WrongSignature', [alice]);
    }
    const { trainers } = fixture.registered;
    await trainers.send('offerKey', [alice, STRANGER.address], alice);
    const { chain } = fixture.registered;
    await chain.request('hardhat_impersonateAccount', STRANGER.address);
    await chain.request('hardhat_setBalance', STRANGER.address, `0x${(10n ** 18n).toString(16)}`);
    await trainers.send('acceptKey', [alice], STRANGER.address);
    await fixture.carry(list, word, STRANGER);
    assert.equal((await stateOf(list, alice)).dataset, true);
  });

  it('is useless after the source cancelled or did anything else on the dataset', async () => {
    const { list, dataset } = await fresh();
    const word = await fixture.word(list, 'attest', { source: alice });
    const account = await deploy(fixture.registered.chain, 'SmartAccount', [0]);
    await fixture.registered.trainers.send('offerKey', [alice, account.address], alice);
    assert.equal(word.nonce, 0n);
    const receipt = await attestations.send('cancelSignatures', [dataset, alice], alice);
    const args = { dataset, source: alice, nonce: 0n };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'SignaturesCancelled', args }]);
    const nonces = [await attestations.read('nonceOf', [dataset, alice])];
    for (const step of [attest, attest, withdraw]) {
      await step(list, alice);
      nonces.push(await attestations.read('nonceOf', [dataset, alice]));
    }
    assert.deepEqual(nonces, [1n, 2n, 3n, 4n]);
    await reverts(attestations.simulate('cancelSignatures', [dataset, alice], bob), 'NotTheSource', [alice, bob]);
  });

  it('is the word of a contract account that approved exactly its hash (ERC-1271)', async () => {
    const { list } = await fresh();
    const account = await deploy(fixture.registered.chain, 'SmartAccount', [0]);
    for (const says of ['attest', 'withdraw'] as const) {
      const word = await fixture.word(list, says, { source: account.address });
      const call = fixture.call(list, word, '0x1234');
      await reverts(attestations.simulate(...call), 'WrongSignature', [account.address]);
      await account.send('approve', [fixture.digest(word)]);
      await attestations.send(...call);
      await reverts(attestations.simulate(...call), 'WrongSignature', [account.address]);
    }
  });

  it('of no account with code or key is refused', async () => {
    const { list } = await fresh();
    for (const source of [zeroAddress, alice]) {
      const word = await fixture.word(list, 'attest', { source });
      for (const signature of ['0x', `0x${'00'.repeat(65)}`] as const)
        await reverts(attestations.simulate(...fixture.call(list, word, signature)), 'WrongSignature', [source]);
    }
  });
});

// Code that counts what is executed costs more.
describe('what it costs', { skip: hre.globalOptions.coverage }, () => {
  const spent = async (count: number) => {
    const shards = await fixture.shards(count);
    const [list, again] = [await fixture.list(shards), await fixture.list(shards)];
    await attest(again, alice);
    const registered = await fixture.registered.datasets.send('registerDataset', [shards, 'other'], bob);
    const [repeated, first] = [await attest(list, alice), await attest(list, bob)];
    const withdrawn = await withdraw(list, bob);
    return [registered, first, repeated, withdrawn].map(({ gasUsed }) => Number(gasUsed));
  };

  it('of a further shard: 700 are attested or listed in a transaction of 2^24 gas', async () => {
    const [few, more] = [await spent(2), await spent(12)];
    const [registered, first, repeated, withdrawn] = more.map((gas, k) => (gas - few[k]) / 10);
    const report = `${few}; for each shard ${[registered, first, repeated, withdrawn]}`;
    for (const [k, each] of [registered, first].entries()) assert.ok(few[k] + 698 * each < 2 ** 24, report);
    // What has made an attestation possible leaves room to withdraw it, and so does another attestation of the same shards.
    assert.ok(repeated < first && withdrawn < first, report);
    assert.ok(registered < 12_000 && first < 23_500 && repeated < 6_500 && withdrawn < 5_000, report);
  });

  it('to ask whether a shard is attested: one read of storage', async () => {
    const { list } = await fresh(1);
    await attest(list, alice);
    const { chain } = fixture.registered;
    const args = [list.shardIds[0], alice] as const;
    const data = encodeFunctionData({ abi: dataAttestationsAbi, functionName: 'isAttestedBy', args });
    const hash = await chain.wallet.sendTransaction({ account: bob, to: attestations.address, data, chain: null });
    const { structLogs } = (await chain.request('debug_traceTransaction', hash)) as { structLogs: { op: string }[] };
    assert.equal(structLogs.filter(({ op }) => op === 'SLOAD').length, 1);
    assert.equal(
      structLogs.some(({ op }) => /CALL$/.test(op)),
      false,
    );
  });
});

describe('who attested', () => {
  it('is told in parts, in the order of the first time, with whether it stands', async () => {
    const { list, dataset } = await fresh();
    const sources = fixture.registered.chain.accounts.slice(3, 6);
    for (const source of sources) await attest(list, source);
    await withdraw(list, sources[1]);
    await attest(list, sources[0]);
    assert.equal(await attestations.read('sourceCount', [dataset]), 3n);
    const all = sources.map((source, k) => [source, k !== 1] as const);
    for (const [from, count] of [
      [0n, 3n],
      [1n, 1n],
      [1n, MOST],
      [3n, 1n],
      [MOST, MOST],
      [0n, 0n],
    ]) {
      const part = all.filter((_, k) => BigInt(k) >= from && BigInt(k) - from < count);
      const expected = [part.map(([source]) => source), part.map(([, stands]) => stands)];
      assert.deepEqual(await attestations.read('sourcesOf', [dataset, from, count]), expected, `${from} ${count}`);
    }
  });

  it('keeps the history of each source in parts', async () => {
    const { list, dataset } = await fresh();
    for (const uri of ['0', '1', '2']) await attest(list, alice, alice, uri);
    const uris = async (from: bigint, count: bigint) =>
      (await attestations.read('attestations', [dataset, alice, from, count])).map(({ uri }: { uri: string }) => uri);
    assert.deepEqual(await uris(0n, MOST), ['0', '1', '2']);
    assert.deepEqual(await uris(1n, 1n), ['1']);
    assert.deepEqual(await uris(3n, 1n), []);
  });
});

describe('the contract of attestations', () => {
  it('names the datasets and who acts for sources', async () => {
    const { datasets, trainers } = fixture.registered;
    assert.equal(await attestations.read('datasets', []), datasets.address);
    assert.equal(await attestations.read('trainers', []), trainers.address);
  });

  it('takes from the relay whom it speaks for, and from nobody else', async () => {
    const { list } = await fresh();
    const { chain, datasets, trainers } = fixture.registered;
    const relay = chain.accounts[5];
    const address = await chain.deploy('DataAttestations', [datasets.address, trainers.address, relay]);
    const own = new Contract(chain, address, dataAttestationsAbi);
    const args = [list, alice, URI, LICENCE] as const;
    const data = encodeFunctionData({ abi: dataAttestationsAbi, functionName: 'attest', args });
    const call = (by: Address) =>
      chain.wallet.sendTransaction({ account: by, to: address, data: `${data}${alice.slice(2)}`, chain: null });
    await assert.rejects(call(bob));
    assert.equal(await own.read('isAttested', [idOf(list), alice]), false);
    await call(relay);
    assert.equal(await own.read('isAttested', [idOf(list), alice]), true);
  });
});
