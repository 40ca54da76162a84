import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import {
  type Address,
  concat,
  encodeFunctionData,
  getAddress,
  getContractError,
  type Hex,
  parseEventLogs,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  zeroAddress,
  zeroHash,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { modelRegistryAbi, relayAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { RELAY_TYPES, type RelayRequest, type RequestType, relayCall, typedRequest } from '../../src/registry/relay.ts';
import { PLAIN_REQUESTS } from '../../src/registry/requests.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { Contract, reverts } from './support/chain.ts';
import { deploy } from './support/money.ts';
import {
  decode,
  FOREVER,
  malleated,
  proofsOf,
  RECEIVER,
  RelayFixture,
  SHARD,
  sign,
  TRAINER,
  WIDTHS,
  type Wish,
} from './support/relay.ts';

const OTHER = privateKeyToAccount(`0x${'0d'.repeat(32)}`);
const KINDS = Object.keys(RELAY_TYPES) as RequestType[];
const PLAIN: RequestType[] = Object.values(PLAIN_REQUESTS).map(({ type }) => type);

describe('the relay', { concurrency: false }, () => {
  let relay: RelayFixture;
  let wishes: Record<RequestType, Wish>;
  before(async () => {
    relay = await RelayFixture.create();
    wishes = await relay.wishes(TRAINER);
    assert.deepEqual(Object.keys(wishes).sort(), [...KINDS].sort());
  });

  const isUsed = ({ trainer, nonce }: RelayRequest) => relay.fixture.relay.read('isUsed', [trainer, nonce]);
  /** A signed request of a kind that the target would grant. */
  const signed = async (kind: RequestType, changed: Partial<RelayRequest> = {}) => {
    const request = relay.request(wishes[kind].action, TRAINER.address, changed);
    await relay.expect(wishes[kind], TRAINER.address);
    return { request, signature: await sign(TRAINER, request), proofs: proofsOf(wishes[kind]) };
  };
  const refused = (request: RelayRequest, signature: Hex, kind: RequestType, trainer: Address = TRAINER.address) =>
    reverts(relay.attempt(request, signature, ...proofsOf(wishes[kind])), 'WrongSignature', [trainer]);

  describe('refuses', () => {
    for (const kind of KINDS) {
      it(`${kind} of which any signed field differs`, async () => {
        const { request, proofs } = await signed(kind);
        const typed = typedRequest(request);
        for (const { name, type } of typed.types[kind]) {
          const message = { ...typed.message, [name]: otherValue(typed.message[name], type) };
          const signature = await TRAINER.signTypedData({ ...typed, message } as never);
          await reverts(relay.attempt(request, signature, ...proofs), 'WrongSignature', [TRAINER.address]);
        }
      });

      it(`${kind} of which anything but the proof was changed on its way`, async () => {
        const { request, signature, proofs } = await signed(kind);
        const { functionName, args } = decode(relay.fixture.relay, relayCall(request, signature, ...proofs).data);
        const proved = proofs.length === 0 ? -1 : args.length - 2;
        let changes = 0;
        for (const [i, argument] of args.entries()) {
          if (i === 0 || i === proved || i === args.length - 1) continue;
          for (const changed of variants(argument)) {
            const call = relay.fixture.relay.simulate(functionName, args.with(i, changed), relay.relayer);
            // A shape that cannot be is not even hashed; a secret is bound by the request for the seed. The point of a
            // score is not signed: its proof holds at no other.
            const expected = isOtherPoint(argument, changed)
              ? /ProofRejected/
              : /WrongSignature|WrongSecret|UnsupportedSize|UnsupportedDepth/;
            await assert.rejects(call, expected, `${kind} ${i}`);
            changes++;
          }
        }
        assert.ok(changes >= 1);
      });

      it(`${kind} after its deadline`, async () => {
        const { timestamp } = await relay.fixture.chain.read.getBlock();
        const { request, signature, proofs } = await signed(kind, { deadline: timestamp - 1n });
        await reverts(relay.attempt(request, signature, ...proofs), 'Expired', [timestamp - 1n]);
      });

      it(`${kind} for another chain, another relay and by another account`, async () => {
        const { request } = await signed(kind);
        for (const changed of [{ chainId: 1n }, { relay: relay.cards.address }]) {
          await refused(request, await sign(TRAINER, { ...request, ...changed }), kind);
        }
        await refused(request, await sign(OTHER, request), kind);
      });
    }

    it('a request after its deadline, and takes it in its last second', async () => {
      const { timestamp } = await relay.fixture.chain.read.getBlock();
      const late = await signed('RequestSeed', { deadline: timestamp - 1n });
      await reverts(relay.attempt(late.request, late.signature), 'Expired', [timestamp - 1n]);
      const last = await signed('RequestSeed', { deadline: timestamp + 1_000n });
      await relay.fixture.chain.request('evm_setNextBlockTimestamp', Number(timestamp + 1_000n));
      await relay.send(last.request, last.signature);
    });

    it('a signature with the higher s, a short one and none', async () => {
      const { request, signature } = await signed('RequestSeed');
      const compact = serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
      for (const bad of [malleated(signature), compact, '0x', `${signature}00`] as const) {
        await refused(request, bad, 'RequestSeed');
      }
      await relay.attempt(request, signature);
    });

    it('to speak for nobody and for a precompiled contract', async () => {
      for (const trainer of [zeroAddress, getAddress('0x0000000000000000000000000000000000000004')]) {
        const request = relay.request(wishes.RequestSeed.action, trainer);
        await refused(request, await sign(TRAINER, request), 'RequestSeed', trainer);
      }
    });

    it('to call where there is no contract', async () => {
      for (const kind of KINDS) {
        const { request, signature, proofs } = await signed(kind, { target: OTHER.address });
        await reverts(relay.attempt(request, signature, ...proofs), 'NoContract', [OTHER.address]);
      }
    });

    it('a request for another target than was signed', async () => {
      const { fixture } = relay;
      const twin = await fixture.chain.deploy('ModelRegistry', [fixture.verifiers.address, fixture.relay.address]);
      const { request, signature } = await signed('Train');
      await refused({ ...request, target: twin }, signature, 'Train');
    });
  });

  describe('a target', () => {
    it('says which relay it trusts', async () => {
      const { registry, scoreboard } = relay.fixture;
      const { cards, statuses, vault, trainers, datasets, attestations } = relay;
      const targets = [registry, scoreboard, cards, statuses, vault, trainers, datasets, attestations];
      for (const { address } of targets) {
        const target = await contractAt(address);
        assert.equal(await target.read('trustedForwarder'), relay.fixture.relay.address);
        assert.equal(await target.read('isTrustedForwarder', [relay.fixture.relay.address]), true);
        assert.equal(await target.read('isTrustedForwarder', [registry.address]), false);
      }
    });

    it('does not trust another relay: there the caller itself would be the trainer', async () => {
      const foreign = await relay.fixture.chain.deploy('Relay');
      const { request } = await signed('Train', { relay: foreign });
      const signature = await sign(TRAINER, request);
      await reverts(relay.attempt(request, signature, ...proofsOf(wishes.Train)), 'ProofRejected', [3n]);
    });

    it('takes the last bytes of a call for a trainer from the relay alone', async () => {
      const { registry, chain, bob } = relay.fixture;
      const call = encodeFunctionData({
        abi: modelRegistryAbi,
        functionName: 'requestSeed',
        args: [encodeShape({ widths: WIDTHS, head: 'squared error' }), zeroHash],
      });
      const hash = await chain.wallet.sendTransaction({
        account: bob,
        to: registry.address,
        data: concat([call, TRAINER.address]),
        chain: null,
      });
      const { logs } = await chain.read.getTransactionReceipt({ hash });
      const [{ args }] = parseEventLogs({ abi: modelRegistryAbi, eventName: 'SeedRequested', logs });
      assert.equal(args.trainer, bob);
      // The same with a proof: it is checked for the caller, whatever stands behind it.
      await relay.expect(wishes.Train, TRAINER.address);
      const [{ statement, proof }] = wishes.Train.claims;
      const direct = concat([registryCall(statement, proof).data, TRAINER.address]);
      const refused = chain.read.call({ account: bob, to: registry.address, data: direct }).catch((cause) => {
        throw getContractError(cause, { abi: registry.abi, args: [], functionName: 'registerModel' });
      });
      await reverts(refused, 'ProofRejected', [3n]);
    });

    it('refuses with its own error, and the request stays good', async () => {
      const { request, signature } = await signed('Train');
      await relay.fixture.verifiers.send('forget');
      await relay.expect(wishes.Train, OTHER.address);
      const proofs = proofsOf(wishes.Train);
      await reverts(relay.attempt(request, signature, ...proofs), 'ProofRejected', [3n]);
      assert.equal(await isUsed(request), false);
      await relay.expect(wishes.Train, TRAINER.address);
      await relay.attempt(request, signature, ...proofs);
    });
  });

  describe('a nonce', () => {
    it('is cancelled by its trainer alone, once, and what it would have carried is refused', async () => {
      const { alice } = relay.fixture;
      const request = { ...relay.request(wishes.RequestSeed.action, alice), nonce: 2n ** 256n - 1n };
      const sent = await relay.fixture.relay.send('cancel', [request.nonce], alice);
      const [{ eventName, args }] = parseEventLogs({ abi: relayAbi, logs: sent.logs });
      assert.deepEqual([eventName, args], ['Cancelled', { trainer: alice, nonce: request.nonce }]);
      await reverts(relay.attempt(request, '0x'), 'NonceUsed', [alice, request.nonce]);
      await reverts(relay.fixture.relay.simulate('cancel', [request.nonce], alice), 'NonceUsed', [
        alice,
        request.nonce,
      ]);
      // Another's nonce of the same number is untouched.
      const { request: own, signature } = await signed('RequestSeed', { nonce: request.nonce });
      await relay.send(own, signature);
    });

    it('need not follow another', async () => {
      for (const nonce of [2n ** 200n, 5n * 10n ** 9n, 2n ** 200n + 1n]) {
        const { request, signature } = await signed('RequestSeed', { nonce });
        assert.equal(await isUsed(request), false);
        await relay.send(request, signature);
        assert.equal(await isUsed(request), true);
      }
    });
  });

  // Last, because these use the wishes up.
  describe('carries', () => {
    let before_: bigint;
    beforeEach(async () => {
      before_ = await relay.fixture.chain.read.getBalance({ address: relay.relayer });
      assert.equal(await relay.fixture.chain.read.getBalance({ address: TRAINER.address }), 0n);
      assert.equal(await relay.fixture.chain.read.getTransactionCount({ address: TRAINER.address }), 0);
    });

    for (const kind of KINDS) {
      it(`${kind} for a trainer who owns nothing, once, and the relayer pays`, async () => {
        const { request, signature, proofs } = await signed(kind);
        const receipt = await relay.send(request, signature, ...proofs);
        assert.equal(receipt.status, 'success');
        const [carried] = parseEventLogs({ abi: relayAbi, eventName: 'Carried', logs: receipt.logs });
        const { trainer, target, nonce } = request;
        assert.deepEqual(carried.args, { trainer, target, nonce });
        const names = parseEventLogs({ abi: [...modelRegistryAbi, ...scoreboardAbi], logs: receipt.logs });
        if (!PLAIN.includes(kind)) assert.ok(names.length > 0, 'the target says what it did');
        for (const { args } of names) {
          const { trainer: by, owner, prover } = args as Record<string, string>;
          for (const account of [by, owner, prover]) assert.ok(account === undefined || account === TRAINER.address);
        }
        const after = await relay.fixture.chain.read.getBalance({ address: relay.relayer });
        assert.ok(after < before_);
        await reverts(relay.attempt(request, signature, ...proofs), 'NonceUsed', [trainer, nonce]);
      });
    }

    it('and afterwards everything is the trainer’s', async () => {
      const { registry, scoreboard } = relay.fixture;
      for (const kind of ['Seed', 'Train', 'Import', 'Merge'] as const) {
        const { message } = typedRequest(relay.request(wishes[kind].action, TRAINER.address));
        const id = (message.model ?? message.child) as Hex;
        assert.equal(await registry.read('trainerOf', [id]), TRAINER.address);
      }
      for (const { statement } of [wishes.TrainMany.claims[0], wishes.TrainMany.claims[2]]) {
        assert.equal(await registry.read('trainerOf', [resultId(statement)]), TRAINER.address);
      }
      const { message } = typedRequest(relay.request(wishes.RegisterShard.action, TRAINER.address));
      assert.equal((await registry.read('shard', [message.shard])).owner, TRAINER.address);
      const score = typedRequest(relay.request(wishes.Score.action, TRAINER.address)).message;
      assert.deepEqual(await scoreboard.read('resultOf', [score.model, score.shard]), {
        prover: TRAINER.address,
        value: 9n,
        modelSchema: NO_SCHEMA,
        shardSchema: NO_SCHEMA,
        schemas: 0,
      });
      const card = typedRequest(relay.request(wishes.WriteCard.action, TRAINER.address)).message;
      assert.deepEqual(await relay.cards.read('card', [card.model]), ['Ziffern', 'ipfs://card']);
      const { message: named } = typedRequest(relay.request(wishes.Supersede.action, TRAINER.address));
      const { successor, descends } = await relay.statuses.read('statusOf', [named.node]);
      assert.deepEqual([successor, descends], [named.successor, true]);
      const { message: marked } = typedRequest(relay.request(wishes.SetStatus.action, TRAINER.address));
      const { mark, reason } = await relay.statuses.read('statusOf', [marked.node]);
      assert.deepEqual([mark, reason], [marked.mark, marked.reason]);
    });

    it('a foreign child, a dataset and what is said of it', async () => {
      const { registry } = relay.fixture;
      const { message: foreign } = typedRequest(relay.request(wishes.RegisterForeign.action, TRAINER.address));
      assert.equal(await registry.read('trainerOf', [foreign.child]), TRAINER.address);
      assert.equal(await registry.read('foreignProgramOf', [foreign.child]), relay.foreign.program);
      const { message: said } = typedRequest(relay.request(wishes.PublishDataset.action, TRAINER.address));
      const { registrar, isRevoked } = await relay.datasets.read('dataset', [said.dataset]);
      assert.deepEqual([registrar, isRevoked], [TRAINER.address, true]);
      const [{ uri, archive }] = await relay.datasets.read('publications', [said.dataset, 0n, 1n]);
      assert.deepEqual([uri, archive], [said.uri, said.archive]);
      const about = [said.dataset, TRAINER.address];
      const [, second] = await relay.attestations.read('attestations', [...about, 0n, 2n]);
      assert.deepEqual([second.uri, second.licence], ['https://source.example', 'CC-BY-4.0']);
      assert.equal(await relay.attestations.read('isAttested', about), false);
      // Attested twice, withdrawn and cancelled.
      assert.equal(await relay.attestations.read('nonceOf', about), 4n);
      assert.equal(await relay.attestations.read('mayActFor', [TRAINER.address, relay.fixture.alice]), true);
    });

    it('an operator’s word for its source', async () => {
      const operator = privateKeyToAccount(`0x${'0e'.repeat(32)}`);
      const { attestations } = relay;
      const action = wishes.AttestDataset.action;
      const request = relay.request(action, operator.address);
      const signature = await sign(operator, request);
      await reverts(relay.attempt(request, signature), 'NotTheSource', [TRAINER.address, operator.address]);
      const allowing = {
        what: 'setOperator',
        source: TRAINER.address,
        operator: operator.address,
        allowed: true,
      } as const;
      await relay.carry({ action: allowing, claims: [] }, TRAINER);
      await relay.send(request, signature);
      const { message } = typedRequest(request);
      const { operator: by } = await attestations.read('attestation', [message.dataset, TRAINER.address]);
      assert.equal(by, operator.address);
    });

    it('credit to where the trainer said, and what it chose for its models and its rights', async () => {
      const { trainers, vault, fixture } = relay;
      const { message: lowered } = typedRequest(relay.request(wishes.LowerShare.action, TRAINER.address));
      assert.equal(await vault.read('shareOf', [lowered.node]), 300n);
      assert.equal(await fixture.registry.read('chosenShare', [TRAINER.address]), 1_234n);
      assert.equal(await fixture.chain.read.getBalance({ address: RECEIVER }), 1_000n);
      assert.equal(await vault.read('credit', [TRAINER.address, zeroAddress]), 0n);
      assert.equal(await trainers.read('payoutOf', [TRAINER.address]), getAddress(RECEIVER));
      assert.equal(await trainers.read('offeredTo', [TRAINER.address]), getAddress(RECEIVER));
      assert.equal(await trainers.read('keyOf', [fixture.alice]), TRAINER.address);
    });
  });

  async function contractAt(address: Address): Promise<Contract> {
    const { abi } = await deploy(relay.fixture.chain, 'ModelCards', [zeroAddress, zeroAddress, zeroAddress]);
    return new Contract(relay.fixture.chain, address, abi);
  }
});

describe('ids in typed requests', () => {
  it('are those of the registry', async () => {
    const relay = await RelayFixture.create();
    const { statement } = relay.start;
    const shape = encodeShape({ widths: WIDTHS, head: 'squared error' });
    const { message } = typedRequest(relay.request(relay.training().action, TRAINER.address, { deadline: FOREVER }));
    assert.equal(message.parent, modelId(statement.commitment, shape));
    assert.equal(message.shard, shardId(relay.shard.oracle.commitment, encodeShard(SHARD)));
    assert.equal(await relay.fixture.registry.read('modelId', [statement.commitment, shape]), message.parent);
  });
});

/** Another value of the same type. */
function otherValue(value: unknown, type: string): unknown {
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value, value[0]];
  if (type === 'string') return `${value}.`;
  if (type === 'address') return OTHER.address;
  if (type === 'bytes32') return `0x${(BigInt(value as Hex) ^ 1n).toString(16).padStart(64, '0')}`;
  return typeof value === 'number' ? value ^ 1 : (value as bigint) + 1n;
}

/** The same argument with one of its leaves changed, for each leaf. */
function isOtherPoint(argument: unknown, changed: unknown): boolean {
  const points = [argument, changed].map((claim) => (claim as { point?: bigint }).point);
  return points[0] !== points[1];
}

function variants(value: unknown): unknown[] {
  if (typeof value === 'bigint') return [value + 1n];
  if (typeof value === 'number') return [value ^ 1];
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string') {
    if (/^0x.{40}$/.test(value)) return [OTHER.address];
    if (/^0x.{64}$/.test(value)) return [otherValue(value, 'bytes32')];
    return value.startsWith('0x')
      ? [`${value}00`, value.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))]
      : [`${value}.`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((entry, i) => variants(entry).map((changed) => value.with(i, changed)));
  }
  return Object.entries(value as object).flatMap(([name, entry]) =>
    variants(entry).map((changed) => ({ ...(value as object), [name]: changed })),
  );
}
