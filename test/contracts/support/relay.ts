// Requests that trainers sign and a relayer carries, one for each kind of action.
import {
  type Address,
  decodeFunctionData,
  type Hex,
  hashTypedData,
  keccak256,
  type LocalAccount,
  maxUint256,
  zeroHash,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Proof } from '../../../src/argument/types.ts';
import { encodeShape } from '../../../src/model/shape.ts';
import { ascending, datasetId } from '../../../src/registry/ids.ts';
import {
  type Action,
  type RelayRequest,
  type RequestType,
  relayCall,
  typedRequest,
} from '../../../src/registry/relay.ts';
import { isPlain, PLAIN_REQUESTS, type PlainAction } from '../../../src/registry/requests.ts';
import { resultId } from '../../../src/registry/statement.ts';
import { Contract } from './chain.ts';
import { type ForeignChild, ForeignFixture, foreignChild } from './foreign.ts';
import { deploy, ETHER, sendValue } from './money.ts';
import {
  type Claim,
  chainClaims,
  dataClaim,
  importClaim,
  mergeClaim,
  type Registered,
  RegistryFixture,
  type Seeded,
  scoreClaim,
  trainClaim,
} from './registryFixture.ts';

export const WIDTHS = [4, 3, 2];
export const SHARD = { inputs: 4, outputs: 2, rows: 16, kind: 'classes' } as const;
/** Of the requests that are drawn here. */
export const SECRET: Hex = `0x${'5ec7e7'.padEnd(64, '0')}`;
/** Beside the result of a score. */
const MEASURED = { k: 2, top: 10n, counts: Uint16Array.of(5, 1, 2, 4), point: 7n };
/** A later time than any test lives to see. */
export const FOREVER = 2n ** 40n;

/** An account that owns nothing: the relayer pays. */
export const TRAINER = privateKeyToAccount(`0x${'5e'.repeat(32)}`);

/** Where the trainer's credit goes. */
export const RECEIVER: Address = '0x00000000000000000000000000000000000beef5';

/** A statement or a chain of them with its proofs, or something that needs none. */
export interface Wish {
  action: Action;
  claims: readonly Claim[];
  /** what an adapter is to accept with them */
  foreign?: ForeignChild;
}

/** A fixture in which a seed, its child and a shard stand, with everything that takes relayed calls. */
const SHAPE = encodeShape({ widths: WIDTHS, head: 'softmax' });

export class RelayFixture {
  readonly fixture: RegistryFixture;
  readonly cards: Contract;
  readonly statuses: Contract;
  readonly vault: Contract;
  readonly attestations: Contract;
  readonly foreign: ForeignFixture;
  readonly shard: Registered;
  readonly start: Seeded;
  #nonce = 0n;

  constructor(
    fixture: RegistryFixture,
    targets: readonly Contract[],
    { shard, start, foreign }: Pick<RelayFixture, 'shard' | 'start' | 'foreign'>,
  ) {
    this.fixture = fixture;
    [this.cards, this.statuses, this.vault, this.attestations] = targets;
    this.shard = shard;
    this.start = start;
    this.foreign = foreign;
  }

  static async create(given?: RegistryFixture): Promise<RelayFixture> {
    const fixture = given ?? (await RegistryFixture.create());
    const args = [fixture.registry.address, fixture.trainers.address, fixture.relay.address];
    const targets = [];
    for (const name of ['ModelCards', 'Statuses', 'CreditVault']) targets.push(await deploy(fixture.chain, name, args));
    const ofDatasets = [fixture.datasets, fixture.trainers, fixture.relay].map(({ address }) => address);
    targets.push(await deploy(fixture.chain, 'DataAttestations', ofDatasets));
    const shard = await fixture.registerShard(SHARD);
    const start = await fixture.seedModel(WIDTHS);
    return new RelayFixture(fixture, targets, { shard, start, foreign: await ForeignFixture.create(fixture) });
  }

  get relayer(): Address {
    return this.fixture.bob;
  }

  get registry(): Contract {
    return this.fixture.registry;
  }

  get trainers(): Contract {
    return this.fixture.trainers;
  }

  get datasets(): Contract {
    return this.fixture.datasets;
  }

  /** A child that the adapter will accept. */
  foreignWish(): Wish {
    const child = foreignChild(this.foreign.program, [this.start]);
    const { claim, program, parents, foreignProof } = child;
    const { statement } = claim;
    const action = { what: 'registerForeign', statement, program: Number(program), parents, foreignProof } as const;
    return { action, claims: [claim], foreign: child };
  }

  /** A statement that anybody may register now. */
  wishOf(claim: Claim): Wish {
    return { action: { what: 'statement', statement: claim.statement }, claims: [claim] };
  }

  drawing(): Wish {
    return {
      action: { what: 'requestSeed', shape: { widths: WIDTHS, head: 'softmax' }, secretHash: keccak256(SECRET) },
      claims: [],
    };
  }

  /** Three segments, of which the first is kept. */
  chain(): Wish {
    const claims = chainClaims(this.start, [
      { shard: this.shard, passes: 2 },
      { shard: this.shard, learningRate: 7 },
      { shard: this.shard, batch: 8 },
    ]);
    const statements = claims.map(({ statement }) => statement);
    return { action: { what: 'trainMany', statements, keep: [true, false, true] }, claims };
  }

  training(): Wish {
    return this.wishOf(trainClaim(this.start, this.shard));
  }

  /** One fresh wish of every kind that a trainer can have; those without a proof are about models that it must have, and its credit. */
  async wishes(trainer: LocalAccount): Promise<Record<RequestType, Wish>> {
    await this.carry(this.drawing(), trainer);
    const requestId = await this.#lastRequest();
    this.fixture.secrets.set(requestId, SECRET);
    await this.fixture.chain.mine(2);
    const seeded = await this.fixture.seedClaim(requestId, WIDTHS, 'softmax');
    const child = trainClaim(this.start, this.shard);
    await this.carry(plain({ what: 'chooseShare', share: 700n }), trainer);
    await this.carry(this.wishOf(child), trainer);
    const { id } = await this.#newest();
    // A successor that descends from it by its second parent.
    await this.carry(this.wishOf(mergeClaim([this.start, child])), trainer);
    const { id: successor } = await this.#newest();
    return {
      RegisterShard: this.wishOf(dataClaim(SHARD)),
      RequestSeed: this.drawing(),
      Seed: this.wishOf(seeded),
      Train: this.training(),
      Import: this.wishOf(importClaim(WIDTHS)),
      Merge: this.wishOf(mergeClaim([this.start, child])),
      Score: this.wishOf(scoreClaim(child, this.shard, 9n, MEASURED)),
      TrainMany: this.chain(),
      WriteCard: plain({ what: 'writeCard', model: id, name: 'Ziffern', uri: 'ipfs://card' }),
      Supersede: plain({ what: 'supersede', node: id, successor, steps: [successor, id] }),
      SetStatus: plain({ what: 'setStatus', node: id, mark: 1, reason: 'old' }),
      RegisterForeign: this.foreignWish(),
      ...(await this.#creditWishes(id, trainer.address)),
      ...(await this.#dataWishes(trainer)),
    };
  }

  /** Wishes of a trainer who is owed 1,000 units of Ether for a model and was offered Alice's rights. */
  async #creditWishes(node: Hex, account: Address) {
    const { alice } = this.fixture;
    await sendValue(this.vault, 'pay', [node], 1_000n);
    await this.vault.send('collect', [[node], ETHER]);
    await this.trainers.send('offerKey', [alice, account], alice);
    return {
      ChooseShare: plain({ what: 'chooseShare', share: 1_234n }),
      LowerShare: plain({ what: 'lowerShare', node, share: 300n }),
      Withdraw: plain({ what: 'withdraw', account, token: ETHER, to: RECEIVER }),
      SetPayout: plain({ what: 'setPayout', account, payout: RECEIVER }),
      OfferKey: plain({ what: 'offerKey', account, key: RECEIVER }),
      AcceptKey: plain({ what: 'acceptKey', account: alice }),
    };
  }

  /** Wishes of a trainer who listed a dataset, and said as its source that it is its own. */
  async #dataWishes(trainer: LocalAccount) {
    const { alice } = this.fixture;
    const source = trainer.address;
    const list = { registrar: source, shardIds: ascending([resultId(this.shard.statement)]), uri: 'ipfs://rows' };
    const dataset = datasetId(list.registrar, list.shardIds, list.uri);
    const { shardIds, uri } = list;
    await this.carry(plain({ what: 'registerDataset', shardIds, uri }), trainer);
    await this.carry(plain({ what: 'attest', list, source, uri: '', licence: '' }), trainer);
    return {
      RegisterDataset: plain({ what: 'registerDataset', shardIds, uri: 'ipfs://others' }),
      PublishDataset: plain({ what: 'publish', dataset, uri: 'ipfs://archive', archive: keccak256('0x01') }),
      RevokeDataset: plain({ what: 'revoke', dataset }),
      AttestDataset: plain({ what: 'attest', list, source, uri: 'https://source.example', licence: 'CC-BY-4.0' }),
      WithdrawAttestation: plain({ what: 'withdrawAttestation', list, source }),
      CancelSignatures: plain({ what: 'cancelSignatures', dataset, source }),
      SetOperator: plain({ what: 'setOperator', source, operator: alice, allowed: true }),
    };
  }

  /** A request with a nonce of its own. */
  request(action: Action, trainer: Address, changed: Partial<RelayRequest> = {}): RelayRequest {
    this.#nonce += 1n;
    return {
      chainId: BigInt(this.fixture.chain.id),
      relay: this.fixture.relay.address,
      target: this.targetOf(action),
      trainer,
      nonce: this.#nonce,
      deadline: FOREVER,
      action,
      ...changed,
    };
  }

  targetOf(action: Action): Address {
    if (isPlain(action)) return this[PLAIN_REQUESTS[action.what].target].address;
    return action.what === 'statement' ? this.fixture.target(action.statement).address : this.fixture.registry.address;
  }

  /** Makes the verifier expect what the wish proves for this trainer. */
  async expect({ claims, foreign }: Wish, trainer: Address): Promise<void> {
    if (foreign !== undefined) await this.foreign.expect(foreign, trainer);
    for (const claim of claims) await this.fixture.expect(claim, trainer);
  }

  /** Signs and carries a wish. */
  async carry(wish: Wish, account: LocalAccount, changed: Partial<RelayRequest> = {}) {
    const request = this.request(wish.action, account.address, changed);
    await this.expect(wish, account.address);
    return this.send(request, await sign(account, request), ...proofsOf(wish));
  }

  /** Carries a signed request; fails with the contract's error before sending if it would revert. */
  async send(request: RelayRequest, signature: Hex, ...proofs: readonly Proof[]) {
    await this.attempt(request, signature, ...proofs);
    const { to, data } = relayCall(request, signature, ...proofs);
    return this.#transact(to, data);
  }

  /** The same without sending. */
  async attempt(request: RelayRequest, signature: Hex, ...proofs: readonly Proof[]): Promise<void> {
    const { functionName, args } = decode(this.fixture.relay, relayCall(request, signature, ...proofs).data);
    await new Contract(this.fixture.chain, request.relay, this.fixture.relay.abi).simulate(
      functionName,
      args,
      this.relayer,
    );
  }

  async #transact(to: Address, data: Hex) {
    const { chain } = this.fixture;
    const hash = await chain.wallet.sendTransaction({ account: this.relayer, to, data, chain: null, gas: 3_000_000n });
    return chain.read.getTransactionReceipt({ hash });
  }

  async #lastRequest(): Promise<bigint> {
    return (await this.fixture.registry.simulate('requestSeed', [SHAPE, zeroHash])) - 1n;
  }

  async #newest(): Promise<{ id: Hex }> {
    const count = await this.fixture.registry.read('nodeCount');
    return { id: await this.fixture.registry.read('nodeAt', [count]) };
  }
}

/** A wish that needs no proof. */
function plain(action: PlainAction): Wish {
  return { action, claims: [] };
}

export function proofsOf({ claims }: Wish): Proof[] {
  return claims.map(({ proof }) => proof);
}

export function sign(account: LocalAccount, request: RelayRequest): Promise<Hex> {
  return account.signTypedData(typedRequest(request) as never);
}

export function digestOf(request: RelayRequest): Hex {
  return hashTypedData(typedRequest(request) as never);
}

/** The same request as the other root of the curve's equation allows it to be signed: s > n / 2. */
export function malleated(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)) & maxUint256;
  const v = signature.endsWith('1b') ? '1c' : '1b';
  return `${signature.slice(0, 66)}${s.toString(16).padStart(64, '0')}${v}` as Hex;
}

export function decode({ abi }: Contract, data: Hex): { functionName: string; args: readonly unknown[] } {
  const { functionName, args } = decodeFunctionData({ abi, data });
  return { functionName, args: args ?? [] };
}
