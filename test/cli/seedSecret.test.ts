// The secret of a request for a seed: whatever a node says, it hears the secret from nobody before the seed is used.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Address, encodeErrorResult, type Hex, RawContractError, toHex, zeroHash } from 'viem';
import { type SeedContext, seedRun } from '../../scripts/actions/seedRun.ts';
import type { Run } from '../../scripts/runs/run.ts';
import type { Output } from '../../scripts/terminal/output.ts';
import { errorsAbi } from '../../src/generated/abi.ts';
import { readWeights } from '../../src/model/weightsFile.ts';
import { seedFrom } from '../../src/registry/statement.ts';
import { seedWeights } from '../../src/training/seed.ts';

const REGISTRY: Address = '0x00000000000000000000000000000000000000aa';
const TRAINER: Address = '0x00000000000000000000000000000000000000bb';
const [HASH, STORED]: Hex[] = [toHex(7, { size: 32 }), toHex(8, { size: 32 })];
const WIDTHS = [3, 2];
const SEED_BLOCK = 5n;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-secret-'));
});
after(() => rmSync(folder, { recursive: true }));

function refusal(errorName: 'SeedTooEarly' | 'SeedExpired'): Error {
  const data = encodeErrorResult({ abi: errorsAbi, errorName, args: [1n, SEED_BLOCK] });
  return new RawContractError({ data });
}

/** A run whose request is sent, on a node that answers as told and keeps what it was asked. */
async function draw({ blockHash = zeroHash as Hex, answers = [undefined] as (Error | undefined)[] }) {
  const asked: unknown[] = [];
  const left = [...answers];
  const note = (call: unknown) => {
    asked.push(call);
  };
  const client = {
    pollingInterval: 1,
    getBlockNumber: async () => 1_000_000n,
    async getBlock(call: unknown) {
      note(call);
      return { hash: HASH };
    },
    readContract: async (call: { functionName: string }) => {
      note(call);
      if (call.functionName !== 'seedRequest') throw new Error(`the node is asked for ${call.functionName}`);
      return { trainer: TRAINER, seedBlock: SEED_BLOCK, used: false, shape: 0n, secretHash: zeroHash, blockHash };
    },
    simulateContract: async (call: unknown) => {
      note(call);
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer !== undefined) throw answer;
    },
    request: async (call: unknown) => note(call),
  };
  const file = (name: string) => join(folder, name);
  const run = {
    folder,
    file: (_: string, name: string) => file(name),
    async stage(name: string, make: (put: unknown) => Promise<unknown>) {
      if (name === 'request') return { requestId: '1', seedBlock: `${SEED_BLOCK}` };
      return make((as: string, _: string, content: string | Uint8Array) => writeFileSync(file(as), content));
    },
  } as unknown as Run;
  const context = {
    chain: { id: 5, client },
    registry: REGISTRY,
    account: { address: TRAINER },
  } as unknown as SeedContext;
  const output = { progress: { stage: () => {}, done: () => {} } } as unknown as Output;
  let error: unknown;
  await seedRun(run, { widths: WIDTHS, head: 'squared error' }, context, output).catch((cause) => {
    error = cause;
  });
  const secret = readFileSync(file('secret'), 'utf8').trim() as Hex;
  const heard = JSON.stringify(asked, (_, value) => (typeof value === 'bigint' ? toHex(value) : value));
  assert.ok(!heard.includes(secret.slice(2)), 'the node heard the secret');
  return { secret, error, asked, drawn: () => readWeights(readFileSync(file('model'))) };
}

describe('the secret of a seed', () => {
  it('is not told to a node that says that the block is past: the seed is computed here', async () => {
    const { secret, drawn, error } = await draw({});
    assert.equal(error, undefined);
    const { layers } = drawn();
    assert.deepEqual(
      layers,
      seedWeights({ widths: WIDTHS, head: 'squared error' }, seedFrom(HASH, TRAINER, 1n, secret), 0n).layers,
    );
  });

  it('is used with the hash that the registry has stored', async () => {
    const { secret, drawn } = await draw({ blockHash: STORED, answers: [refusal('SeedExpired')] });
    const { layers } = drawn();
    assert.deepEqual(
      layers,
      seedWeights({ widths: WIDTHS, head: 'squared error' }, seedFrom(STORED, TRAINER, 1n, secret), 0n).layers,
    );
  });

  it('waits while the registry says that it is too early', async () => {
    const { asked, error } = await draw({ answers: [refusal('SeedTooEarly'), refusal('SeedTooEarly'), undefined] });
    assert.equal(error, undefined);
    assert.equal(asked.filter((call) => (call as { functionName?: string }).functionName === 'fixSeed').length, 3);
  });

  it('is of no use once the chain has forgotten the block', async () => {
    const { error } = await draw({ answers: [refusal('SeedExpired')] });
    assert.equal((error as { code?: string }).code, 'SeedExpired');
  });
});
