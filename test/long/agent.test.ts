// examples/agent: a regression network on real prices, proved, and a contract that trades on its proved forecasts.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Hex, hexToBytes } from 'viem';
import { changesOf, pricesIn, rowsOf } from '../../examples/agent/rows.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { bytesValues } from '../../src/model/inference.ts';
import { descent } from '../cli/cli.ts';
import { Acting, type Placed } from './acting.ts';

const PRICES = pricesIn(readFileSync(new URL('../../examples/agent/prices.csv', import.meta.url), 'utf8'));
/** Rows of the training: the months behind them are traded. */
const ROWS = 64;
const WINDOW = 6;

describe('an agent on proved forecasts of real prices', { concurrency: false }, () => {
  let acting: Acting;
  let agent: Placed;
  let model: string;
  const past = PRICES.slice(0, ROWS + WINDOW);
  const report = async (price: number) => acting.send(agent, 'report', [BigInt(Math.round(price * 100))], 5);

  before(async () => {
    acting = await Acting.start();
    writeFileSync(acting.path('rows.csv'), rowsOf(past));
    await acting.run('data', '--csv', acting.path('rows.csv'), '--targets', 'next', '--run', 'months');
    const given = ['--lr', '0.0625', '--batch', '8', '--passes', '32', '--run', 'forecast'];
    await acting.run('train', '--seed', '5-8-1', '--shards', 'months', ...given);
    const end = ['runs', 'forecast', 'segment-001'];
    model = acting.path(...end, 'model.safetensors');
    const base = acting.modelOf(acting.path(...end, 'train.edge.json'));
    agent = await acting.deploy('TradingAgent', [acting.deployment.inferences, base, developmentAccount(5).address]);
    for (const price of past.slice(-WINDOW)) await report(price);
  });
  after(() => acting?.close());

  it('decides month after month, and refuses what is not proved of its own inputs', async () => {
    let worth = 10n ** 18n;
    for (const [month, price] of PRICES.slice(ROWS + WINDOW, ROWS + WINDOW + 3).entries()) {
      const inputs = [...bytesValues(hexToBytes((await acting.read(agent, 'inputs')) as Hex))];
      const seen = PRICES.slice(ROWS + month, ROWS + month + WINDOW);
      assert.deepEqual(inputs, changesOf(seen), 'the rows of the training are made by the rule of the contract');
      const window = acting.path(`window-${month}.csv`);
      writeFileSync(window, `c1,c2,c3,c4,c5\n${inputs.map((v) => v / 512).join(',')}\n`);
      const { prover, claim, outputs, proof, file } = await acting.prove(model, window, `month-${month}`);
      const forecast = bytesValues(hexToBytes(outputs))[0];
      // as any proof it is verified by itself
      const { code, stdout } = await descent(['verify', file, '--json']);
      assert.equal(code, 6, stdout);
      const other: Hex = `0x${((forecast + 1) & 0xffff).toString(16).padStart(4, '0')}`;
      await assert.rejects(acting.send(agent, 'decide', [prover, claim, other, proof]), /ProofRejected/);
      const gas = await acting.send(agent, 'decide', [prover, claim, outputs, proof]);
      assert.ok(gas < 600_000, `${gas}`);
      const isLong = await acting.read(agent, 'isLong');
      assert.equal(isLong, forecast > 0);
      await report(price);
      const cents = [seen[WINDOW - 1], price].map((p) => BigInt(Math.round(p * 100)));
      if (isLong) worth = (worth * cents[1]) / cents[0];
      assert.equal(await acting.read(agent, 'worth'), worth);
      // the proof was of the window before
      await assert.rejects(acting.send(agent, 'decide', [prover, claim, outputs, proof]), /ProofRejected/);
    }
  });
});
