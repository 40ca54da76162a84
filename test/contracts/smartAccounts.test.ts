// Trainers whose accounts are contracts (ERC-1271), and keys whose accounts have code (EIP-7702).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Address, createWalletClient, custom, type Hex, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { reverts } from './support/chain.ts';
import { deploy } from './support/money.ts';
import { digestOf, proofsOf, RelayFixture, sign, TRAINER } from './support/relay.ts';

/** The order of `Manner` in contracts/mocks/SmartAccounts.sol. */
const MANNERS = ['approvedHash', 'refuse', 'revert', 'garbage', 'short', 'nothing', 'burnGas', 'returnBomb'] as const;
const SECOND = privateKeyToAccount(`0x${'22'.repeat(32)}`);

describe('a contract account as trainer', () => {
  let relay: RelayFixture;
  before(async () => {
    relay = await RelayFixture.create();
  });

  const accountOf = (manner: (typeof MANNERS)[number]) =>
    deploy(relay.fixture.chain, 'SmartAccount', [MANNERS.indexOf(manner)]);

  it('draws and trains where it approved exactly the hash that the relay asks it about', async () => {
    const account = await accountOf('approvedHash');
    for (const wish of [relay.drawing(), relay.training()]) {
      const request = relay.request(wish.action, account.address);
      await relay.expect(wish, account.address);
      const proofs = proofsOf(wish);
      await reverts(relay.attempt(request, '0x1234', ...proofs), 'WrongSignature', [account.address]);
      await account.send('approve', [digestOf(request)]);
      await relay.send(request, '0x1234', ...proofs);
      await reverts(relay.attempt(request, '0x1234', ...proofs), 'NonceUsed', [account.address, request.nonce]);
    }
    const count = await relay.fixture.registry.read('nodeCount');
    const newest = await relay.fixture.registry.read('nodeAt', [count]);
    assert.equal(await relay.fixture.registry.read('trainerOf', [newest]), account.address);
  });

  it('is refused where it refuses, reverts, answers garbage, too little or nothing, or burns all gas', async () => {
    for (const manner of MANNERS.slice(1, -1)) {
      const { address } = await accountOf(manner);
      const request = relay.request(relay.drawing().action, address);
      await reverts(relay.attempt(request, '0x'), 'WrongSignature', [address]);
      assert.equal(await relay.fixture.relay.read('isUsed', [address, request.nonce]), false, manner);
    }
  });

  it('may answer a megabyte: one word of it is read', async () => {
    const { address } = await accountOf('returnBomb');
    await relay.send(relay.request(relay.drawing().action, address), '0x');
  });

  it('is not believed about a request of another account with the same approvals', async () => {
    const [one, other] = [await accountOf('approvedHash'), await accountOf('approvedHash')];
    const request = relay.request(relay.drawing().action, one.address);
    for (const account of [one, other]) await account.send('approve', [digestOf(request)]);
    const moved = { ...request, trainer: other.address };
    await reverts(relay.attempt(moved, '0x'), 'WrongSignature', [other.address]);
    await relay.attempt(request, '0x');
  });
});

describe('an EIP-7702 account as trainer', () => {
  let relay: RelayFixture;
  before(async () => {
    relay = await RelayFixture.create();
  });

  /** Gives the trainer's account code; somebody else pays for that too. */
  async function delegate(code: Address): Promise<void> {
    const { chain, bob } = relay.fixture;
    const transport = custom({ request: ({ method, params }) => chain.request(method, ...(params ?? [])) });
    const sponsor = createWalletClient({ account: SECOND, transport });
    const value = parseEther('1');
    await chain.wallet.sendTransaction({ account: bob, to: SECOND.address, value, chain: null });
    const nonce = await chain.read.getTransactionCount({ address: TRAINER.address });
    const allowed = await TRAINER.signAuthorization({ contractAddress: code, chainId: chain.id, nonce });
    const call = { to: SECOND.address, authorizationList: [allowed], gas: 200_000n, chain: null } as const;
    const hash = await sponsor.sendTransaction(call);
    assert.equal((await chain.read.getTransactionReceipt({ hash })).status, 'success');
    assert.equal(await chain.read.getCode({ address: TRAINER.address }), `0xef0100${code.slice(2).toLowerCase()}`);
  }

  const draw = async (by: typeof TRAINER): Promise<[ReturnType<RelayFixture['request']>, Hex]> => {
    const request = relay.request(relay.drawing().action, TRAINER.address);
    return [request, await sign(by, request)];
  };

  it('signs with its key, even where its code answers no question', async () => {
    await delegate(relay.cards.address);
    await relay.send(...(await draw(TRAINER)));
    await reverts(relay.attempt(...(await draw(SECOND))), 'WrongSignature', [TRAINER.address]);
  });

  it('signs as its code allows', async () => {
    await delegate(await relay.fixture.chain.deploy('DelegatedCode', [SECOND.address]));
    await relay.send(...(await draw(SECOND)));
    await relay.send(...(await draw(TRAINER)));
    const stranger = privateKeyToAccount(`0x${'33'.repeat(32)}`);
    await reverts(relay.attempt(...(await draw(stranger))), 'WrongSignature', [TRAINER.address]);
  });
});
