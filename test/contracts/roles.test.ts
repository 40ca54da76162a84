// docs/roles.md against the code: every function that changes something has a row, and a stranger meets the error that its row names.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { BaseError, ContractFunctionRevertedError, toFunctionSelector, zeroAddress, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CONTRACTS } from '../../scripts/chain/contracts.ts';
import { additionOf } from '../../scripts/chain/verifierKeys.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { relayCall } from '../../src/registry/relay.ts';
import { resultId } from '../../src/registry/statement.ts';
import { abiOf, type Contract } from './support/chain.ts';
import { deploy, sendValue } from './support/money.ts';
import { proofOf } from './support/registryFixture.ts';
import { decode, proofsOf, RelayFixture, SECRET, sign, TRAINER, WIDTHS } from './support/relay.ts';
import { deployVerifiers } from './support/verifiersFixture.ts';

const PAGE = new URL('../../docs/roles.md', import.meta.url);
/** Those of a deployment, those that the registry creates, and those that anybody may put beside it. */
const ALL: readonly string[] = [...CONTRACTS, 'ForeignPrograms', 'Networks', 'EasResolver', 'ValidationAdapter'];
const NOBODY_ELSE = '–';

interface Row {
  function: string;
  who: string;
  error: string;
}

/** The rows of the second table. */
function rowsOf(page: string): Row[] {
  return [...page.matchAll(/^\| `(\w+\.\w+)` \| (.+?) \| (?:`(\w+)`|–) \|$/gm)].map(([, name, who, error]) => ({
    function: name,
    who,
    error: error ?? NOBODY_ELSE,
  }));
}

/** What an ABI says that a transaction can change. */
async function changing(contract: string): Promise<string[]> {
  const functions = (await abiOf(contract)).filter((entry) => entry.type === 'function');
  return functions
    .filter(({ stateMutability }) => stateMutability === 'nonpayable' || stateMutability === 'payable')
    .map(({ name }) => `${contract}.${name}`);
}

/** The name of the error with which a call reverts. */
async function errorOf(call: Promise<unknown>): Promise<string | undefined> {
  const error = await call.then(
    () => assert.fail('a stranger was let in'),
    (reason: unknown) => reason,
  );
  const revert = error instanceof BaseError && error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (!(revert instanceof ContractFunctionRevertedError)) throw error;
  return revert.data?.errorName;
}

type Calls = Record<string, () => Promise<unknown>>;

/** Each carried request with the signature of somebody else than its trainer. */
async function carriedCalls(relay: RelayFixture): Promise<Calls> {
  const other = privateKeyToAccount(`0x${'0d'.repeat(32)}`);
  const wishes = Object.values(await relay.wishes(TRAINER));
  const calls: Calls = {};
  for (const wish of wishes) {
    const request = relay.request(wish.action, TRAINER.address);
    const signature = await sign(other, request);
    const { functionName } = decode(relay.fixture.relay, relayCall(request, signature, ...proofsOf(wish)).data);
    calls[`Relay.${functionName}`] = () => relay.attempt(request, signature, ...proofsOf(wish));
  }
  return calls;
}

/** Each function that is not for anybody, called by an account that has no role. */
async function strangersCalls(relay: RelayFixture): Promise<Calls> {
  const { fixture } = relay;
  const { chain, alice, registry, trainers, datasets, scoreboard, reader } = fixture;
  const stranger = chain.accounts[7];
  const ofTrainers = [registry.address, trainers.address, fixture.relay.address];
  const verifiers = await deployVerifiers(chain, { owner: alice });
  const attestations = await deploy(chain, 'DataAttestations', [
    datasets.address,
    trainers.address,
    fixture.relay.address,
  ]);
  const vault = await deploy(chain, 'CreditVault', ofTrainers);
  const conditions = await deploy(chain, 'Conditions', [reader.address, attestations.address]);
  const beside = [scoreboard, conditions, trainers, fixture.relay].map(({ address }) => address);
  const bounties = await deploy(chain, 'BountyBoard', beside);
  const model = resultId(relay.start.statement);

  const list = { registrar: alice, shardIds: [resultId(relay.shard.statement)], uri: 'u' };
  await datasets.send('registerDataset', [list.shardIds, list.uri], alice);
  const dataset = await datasets.read('datasetId', [alice, list.shardIds, list.uri]);
  await attestations.send('attest', [list, alice, '', ''], alice);
  const resolver = await deploy(chain, 'EasResolver', [alice, attestations.address]);
  const requestId = await fixture.requestSeed(WIDTHS, alice);
  const imported = await fixture.importModel(WIDTHS);
  const { statuses, cards } = relay;
  await sendValue(statuses, 'dispute', [0, resultId(imported.statement), 'r'], 10n ** 16n, alice);

  const by = (contract: Contract, name: string, args: readonly unknown[]) => () =>
    contract.simulate(name, args, stranger);
  const attestation = {
    uid: dataset,
    schema: await resolver.read('schema', []),
    time: 0n,
    expirationTime: 0n,
    revocationTime: 0n,
    refUID: zeroHash,
    recipient: zeroAddress,
    attester: stranger,
    revocable: true,
    data: '0x',
  };
  const key = decode(verifiers, additionOf(verifiers.address, 'train').call.data).args;
  const unsigned = [2n ** 40n, '0x'] as const;
  return {
    'Verifiers.addKey': by(verifiers, 'addKey', key),
    'Verifiers.transferOwnership': by(verifiers, 'transferOwnership', [stranger]),
    'Verifiers.renounceOwnership': by(verifiers, 'renounceOwnership', []),
    'Verifiers.acceptOwnership': by(verifiers, 'acceptOwnership', []),
    'ModelRegistry.seed': by(registry, 'seed', [
      requestId,
      SECRET,
      relay.start.statement.commitment,
      proofArgument(proofOf()),
    ]),
    'Trainers.offerKey': by(trainers, 'offerKey', [alice, stranger]),
    'Trainers.acceptKey': by(trainers, 'acceptKey', [alice]),
    'Trainers.setPayout': by(trainers, 'setPayout', [alice, stranger]),
    'Datasets.publish': by(datasets, 'publish', [dataset, 'u', dataset]),
    'Datasets.revoke': by(datasets, 'revoke', [dataset]),
    'DataAttestations.attest': by(attestations, 'attest', [list, alice, '', '']),
    'DataAttestations.attestSigned': by(attestations, 'attestSigned', [list, alice, '', '', ...unsigned]),
    'DataAttestations.withdraw': by(attestations, 'withdraw', [list, alice]),
    'DataAttestations.withdrawSigned': by(attestations, 'withdrawSigned', [list, alice, ...unsigned]),
    'DataAttestations.cancelSignatures': by(attestations, 'cancelSignatures', [dataset, alice]),
    'DataAttestations.setOperator': by(attestations, 'setOperator', [alice, stranger, true]),
    'Scoreboard.withdraw': by(scoreboard, 'withdraw', [alice, stranger]),
    'CreditVault.lowerShare': by(vault, 'lowerShare', [model, 0n]),
    'CreditVault.withdraw': by(vault, 'withdraw', [alice, zeroAddress, stranger]),
    'BountyBoard.withdraw': by(bounties, 'withdraw', [alice, zeroAddress, stranger]),
    'BountyBoard.withdrawRefund': by(bounties, 'withdrawRefund', [zeroAddress, stranger]),
    'ModelCards.writeCard': by(cards, 'writeCard', [model, 'mine', '']),
    'Statuses.supersede': by(statuses, 'supersede', [model, resultId(imported.statement), []]),
    'Statuses.setStatus': by(statuses, 'setStatus', [model, 2, 'mine']),
    'Statuses.withdrawDispute': by(statuses, 'withdrawDispute', [1n, stranger]),
    'EasResolver.attest': by(resolver, 'attest', [attestation]),
    'EasResolver.multiAttest': by(resolver, 'multiAttest', [[attestation], [0n]]),
    'EasResolver.revoke': by(resolver, 'revoke', [attestation]),
    'EasResolver.multiRevoke': by(resolver, 'multiRevoke', [[attestation], [0n]]),
  };
}

describe('docs/roles.md', { concurrency: false }, () => {
  const page = readFileSync(PAGE, 'utf8');
  const rows = rowsOf(page);
  const restricted = rows.filter(({ error }) => error !== NOBODY_ELSE);
  let calls: Calls;
  before(async () => {
    const relay = await RelayFixture.create();
    calls = { ...(await strangersCalls(relay)), ...(await carriedCalls(relay)) };
  });

  for (const contract of ALL) {
    it(`has a row for each function of ${contract} that changes something, and no other`, async () => {
      const named = rows.map((row) => row.function).filter((name) => name.startsWith(`${contract}.`));
      assert.deepEqual(named.sort(), (await changing(contract)).sort());
    });
  }

  it('has rows of these contracts alone', () => {
    assert.deepEqual(
      rows.filter((row) => !ALL.includes(row.function.split('.')[0])),
      [],
    );
    assert.equal(rows.length, page.split('## Functions')[1].split('\n| `').length - 1);
  });

  it('says "anybody" where nobody else is refused, and only there or where a signature is asked for', () => {
    for (const { function: name, who, error } of rows) {
      const isOpen = who.startsWith('anybody') && !/\bsignature\b/.test(who);
      assert.equal(isOpen, error === NOBODY_ELSE, name);
    }
  });

  it('is tried for each function that is not for anybody', () => {
    assert.deepEqual(Object.keys(calls).sort(), restricted.map((row) => row.function).sort());
  });

  for (const { function: name, error } of restricted) {
    it(`${name} meets a stranger with ${error}`, async () => assert.equal(await errorOf(calls[name]()), error));
  }

  it('names the selector of addKey', () => {
    const selector = toFunctionSelector('addKey(uint256,(uint256[18],bytes32))');
    assert.ok(page.includes(`[${selector}]`), selector);
  });
});
