// The example of an audit: iris has one row twice, which a benchmark of the last rows shares with the training rows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { descent, document, temporaryFolder } from '../cli/cli.ts';
import { onChain } from '../cli/onChain.ts';
import { requirePinnedGas } from '../support/gas.ts';

const IRIS = join(import.meta.dirname, '..', '..', 'examples', 'tables', 'iris.csv');
/** Proofs are random, so that single bytes of calldata are zero now and then. */
const TOLERANCE = 600;

describe('the example of an audit', { concurrency: false }, () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const env = onChain();
  const runs = join(folder, 'runs');
  const asked = (account: string, args: string[]) =>
    descent([...args, '--account', account, '--runs', runs, '--json'], { env });
  const run = async (account: string, ...args: string[]) => document(await asked(account, args));
  const submit = async (account: string, made: { edges: { file: string }[] }) =>
    run(account, 'submit', made.edges[0].file);

  it('finds the row that both have, and shows the rest', async (test) => {
    const rows = (name: string, ...more: string[]) => run('1', 'data', '--csv', IRIS, '--run', name, ...more);
    const like = ['--like', join(runs, 'train', 'dataset.json')];
    const train = await rows('train', '--label', 'species', '--shuffle', 'none', '--rows', '128', '--fit-rows', '128');
    const leaky = await rows('leaky', ...like, '--offset', '128', '--rows', '22');
    const clean = await rows('clean', ...like, '--offset', '143', '--rows', '7');
    for (const made of [train, leaky, clean]) await submit('1', made);
    const [[own], [shared], [good]] = [train, leaky, clean].map(({ shards }) => shards);

    const refused = await asked('2', ['audit', 'disjoint', own, shared]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /row 102 of .* is row 15 of /);

    const training = ['--lr', '0.125', '--batch', '8', '--passes', '2', '--head', 'softmax'];
    const model = await run('1', 'train', '--seed', '4-3', '--shards', 'train', ...training, '--run', 'model');
    const opened = async (name: string) => (await run('3', 'benchmark', 'open', name, '--uri', `ipfs://${name}`)).id;
    const [bad, benchmark] = [await opened('leaky'), await opened('clean')];

    const before = await asked('2', ['audit', 'lineage', model.model, '--benchmark', benchmark]);
    assert.equal(before.code, 6);
    assert.equal(JSON.parse(before.stdout).open.length, 1);
    const proving = await asked('2', ['audit', 'lineage', model.model, '--benchmark', benchmark, '--prove', runs]);
    const shown = JSON.parse(proving.stdout);
    assert.deepEqual([shown.open, shown.unread, shown.proved.length], [[], [], 1]);
    // All is recorded, and anybody could have forged it.
    assert.deepEqual([proving.code, shown.devKeys, shown.shown], [6, true, false]);
    const after = await asked('2', ['audit', 'lineage', model.model, '--benchmark', bad, '--prove', runs]);
    assert.equal(after.code, 6);
    assert.match(JSON.parse(after.stdout).proved[0].refused, /have a row in common/);

    // a flower that nobody measured, and one that somebody did
    const absent = await run('2', 'audit', 'absent', own, '--record', '9,9,9,9');
    const sent = await submit('2', absent);
    const present = await asked('2', ['audit', 'absent', own, '--row', `${shared}:15`]);
    assert.match(present.stderr, /The record is row 102 of /);
    const never = await asked('2', ['audit', 'lineage', model.model, '--record', absent.record]);
    assert.deepEqual([never.code, JSON.parse(never.stdout).open], [6, []]);

    const dataset = await run('3', 'dataset', 'register', 'leaky', '--uri', 'ipfs://last');
    const part = await run('2', 'audit', 'subset', good, '--of', 'leaky', '--dataset', dataset.id);
    const subset = await submit('2', part);
    const verified = await descent(['verify', part.edges[0].file, '--json'], { env });
    assert.equal(verified.code, 6);
    const { checks } = JSON.parse(verified.stdout) as { checks: { about: string; holds: unknown }[] };
    assert.deepEqual(
      checks.flatMap(({ about, holds }) => (holds === true ? [] : [about])),
      ['keys'],
    );
    const gas = { disjoint: shown.proved[0].gas, absent: sent.gas, subset: subset.gas };
    requirePinnedGas(
      Object.fromEntries(
        Object.entries(gas).map(([fact, used]) => [`record${fact[0].toUpperCase()}${fact.slice(1)}`, used]),
      ),
      TOLERANCE,
    );
    test.diagnostic(JSON.stringify(gas));
  });
});
