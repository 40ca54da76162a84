// Bounties on benchmarks that nobody has seen yet, on the registry and the scoreboard themselves.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { zeroAddress } from 'viem';
import { Boards, DAY, idOf, NONE, type Sealed, shardIds, URI, WIDTHS } from './support/boards.ts';
import { type Contract, reverts } from './support/chain.ts';
import { conditionsOf, evidenceOf } from './support/conditions.ts';
import { deploy, ETHER, sendValue } from './support/money.ts';
import { type Model, RegistryFixture } from './support/registryFixture.ts';

const MONTH = 30n * DAY;

let fixture: RegistryFixture;
let boards: Boards;
let bounties: Contract;
let model: Model;
let snapshot: unknown;

/** A bounty of Bob's on a seal of Alice's that is to be opened within a day, with a deadline of an hour. */
async function funded(isDisjoint = false): Promise<{ sealed: Sealed; deadline: bigint }> {
  const sealed = await boards.seal();
  const conditions = conditionsOf(isDisjoint ? { disjointFrom: sealed.dataset } : {});
  const deadline = (await boards.now()) + 3_600n;
  const terms = { benchmark: sealed.id, threshold: 8n, deadline, conditions };
  await sendValue(bounties, 'fund', [terms], 5_000n, fixture.bob);
  return { sealed, deadline };
}

/** Calls are judged as of the last block. */
async function blockAt(time: bigint): Promise<void> {
  await boards.at(time);
  await fixture.chain.mine(1);
}

const claim = (evidence = evidenceOf({})) => bounties.send('claim', [1n, idOf(model), evidence]);
const refund = () => bounties.send('refund', [1n], fixture.bob);

describe('a bounty on a sealed benchmark', () => {
  before(async () => {
    fixture = await RegistryFixture.create();
    boards = new Boards(fixture);
    const { chain, reader, datasets, scoreboard, trainers, relay } = fixture;
    const addresses = (...contracts: Contract[]) => contracts.map(({ address }) => address);
    const attestations = await deploy(chain, 'DataAttestations', addresses(datasets, trainers, relay));
    const conditions = await deploy(chain, 'Conditions', addresses(reader, attestations));
    bounties = await deploy(chain, 'BountyBoard', addresses(scoreboard, conditions, trainers, relay));
    model = await fixture.seedModel(WIDTHS);
  });
  beforeEach(async () => {
    snapshot = await fixture.chain.request('evm_snapshot');
  });
  afterEach(async () => {
    await fixture.chain.request('evm_revert', snapshot);
  });

  it('is won once it is open, after the deadline too, for 30 days; then its funder has it back', async () => {
    const { sealed, deadline } = await funded();
    await reverts(claim(), 'NoScore', [idOf(model), sealed.id]);
    await boards.reveal(sealed);
    await boards.at(deadline + 3_600n);
    await boards.unseal(sealed);
    const opened = await boards.now();
    assert.equal(await bounties.read('claimableUntil', [1n]), opened + MONTH);
    await boards.score(model, sealed.secret, 8n);
    await boards.rank(model, sealed.id);
    await reverts(refund(), 'DeadlineNotPassed', [1n, opened + MONTH]);
    const late = await fixture.chain.request('evm_snapshot');
    await boards.at(opened + MONTH);
    await claim();
    assert.equal(await bounties.read('owed', [fixture.alice, ETHER]), 5_000n);
    await fixture.chain.request('evm_revert', late);
    await blockAt(opened + MONTH + 1n);
    await refund();
    await reverts(claim(), 'NotOpen', [1n]);
  });

  it('that is never opened goes back to its funder 30 days after it should have been, and not before', async () => {
    const { sealed } = await funded();
    await blockAt(sealed.openBy + MONTH);
    await reverts(refund(), 'DeadlineNotPassed', [1n, sealed.openBy + MONTH]);
    await blockAt(sealed.openBy + MONTH + 1n);
    await refund();
    assert.equal(await bounties.read('refundOwed', [fixture.bob, ETHER]), 5_000n);
  });

  it('can ask that no model of the lineage was trained on its rows, which nobody knows when it is funded', async () => {
    const { sealed } = await funded(true);
    await boards.reveal(sealed);
    await boards.unseal(sealed);
    await boards.score(model, sealed.secret, 8n);
    await boards.rank(model, sealed.id);
    const list = { registrar: sealed.by, shardIds: shardIds(sealed.secret), uri: URI };
    const none = await fixture.datasets.read('datasetId', [zeroAddress, [], '']);
    await reverts(claim(), 'OtherDataset', [none, sealed.dataset]);
    await claim(evidenceOf({ ...list, ancestry: [idOf(model)] }));
  });

  it('is not taken for one that should be open by now', async () => {
    const sealed = await boards.seal();
    await blockAt(sealed.openBy);
    const deadline = sealed.openBy + DAY;
    const terms = { benchmark: sealed.id, threshold: 8n, deadline, conditions: conditionsOf({}) };
    const fund = sendValue(bounties, 'fund', [terms], 5_000n, fixture.bob);
    await reverts(fund, 'OpeningOutOfRange', [sealed.id, sealed.openBy]);
    const unknown = sendValue(bounties, 'fund', [{ ...terms, benchmark: NONE }], 5_000n, fixture.bob);
    await reverts(unknown, 'UnknownBenchmark', [NONE]);
  });
});
