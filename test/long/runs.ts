// Runs of trainings on a real chain, with real proofs: a part of verify.test.ts, whose chain it uses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPowers, readProgramKey } from '../../scripts/runs/keys.ts';
import { checkRunProofs } from '../../src/proof/checkProof.ts';
import type { ChainReads } from '../../src/registry/chainReads.ts';
import type { Check } from '../../src/registry/check.ts';
import { checkOnChain, checkRunOnChain } from '../../src/registry/checkEdge.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { type EdgeRun, formatRun, parseRun, runTransaction, type TrainEdge } from '../../src/registry/edgeRun.ts';
import { resultId } from '../../src/registry/statement.ts';
import { readStoredEdge } from '../../src/registry/storedEdge.ts';
import { withOther } from '../support/edgeFields.ts';
import type { ProvedEdges } from '../support/provedEdges.ts';

const aboutWith = (checks: Check[], holds: Check['holds']) =>
  checks.filter((one) => one.holds === holds).map(({ about }) => about);
const openOf = (checks: Check[]) => aboutWith(checks, 'open');
const falseOf = (checks: Check[]) => aboutWith(checks, false);
const check = (checks: Check[], about: Check['about']) => checks.find((one) => one.about === about)!;

/** What is said of runs of trainings. @param given the chain with its proved edges, once it stands */
export function describeRuns(given: () => { made: ProvedEdges; reads: ChainReads }): void {
  describe('a run of trainings', () => {
    const keys = () => {
      const { vkey, identity } = readProgramKey('train');
      return { vkey, srs: readPowers(), ...identity };
    };
    const trusted = () => ({ registry: given().made.place.registry });
    const ask = (run: EdgeRun) => checkRunOnChain(run, given().reads, trusted(), keys());
    const askOne = async (edge: Edge) => (await checkOnChain(edge, given().reads, trusted(), keys())).checks;

    it('is one edge of several segments: all of them verified together, none of them alone', async () => {
      const { made, reads } = given();
      const first = await made.train(made.start, made.shard);
      const second = await made.train(first.weights, made.shard);
      const third = await made.train(second.weights, made.shard);
      const edges = [first, second, third].map(({ edge }) => edge as TrainEdge);
      const run = { edges, keep: [true, false, true] };
      const file = parseRun(formatRun(run));
      const before = await ask(file);
      assert.deepEqual(
        before.map(({ checks }) => check(checks, 'record').holds),
        ['open', 'open'],
      );
      const { to, data } = runTransaction(file);
      await made.send(to, data);

      assert.deepEqual(falseOf(checkRunProofs(file, keys())), []);
      const found = await ask(file);
      for (const { checks } of found) assert.deepEqual([falseOf(checks), openOf(checks)], [[], []]);

      // The first is an edge of its own; the last is the end of two segments, and the one between is no node.
      assert.deepEqual(openOf(await askOne(edges[0])), []);
      assert.ok(openOf(await askOne(edges[1])).includes('record'));
      const last = await askOne(edges[2]);
      assert.deepEqual([falseOf(last), check(last, 'record').holds], [[], 'open']);
      assert.match(check(last, 'record').says, /end of 2 trainings of one edge/);

      const stored = await readStoredEdge(reads, made.place.registry, resultId(edges[2].statement), async () => true);
      assert.deepEqual(
        stored.segments,
        edges.slice(1).map(({ statement, proof }) => ({ statement, proof })),
      );
    });

    it('is false where it says other segments than the registry, or a proof does not hold', async () => {
      const { made } = given();
      const first = await made.train(made.start, made.shard);
      const second = await made.train(first.weights, made.shard);
      const edges = [first, second].map(({ edge }) => edge as TrainEdge);
      const { to, data } = runTransaction({ edges, keep: [false, true] });
      await made.send(to, data);
      const kept = await ask({ edges, keep: [true, true] });
      assert.deepEqual(falseOf(kept[0].checks), []);
      assert.equal(check(kept[0].checks, 'record').holds, 'open', 'its child is no node');
      const faster = withOther(edges[0], 'statement.learningRate');
      const [other] = await ask({ edges: [faster, edges[1]], keep: [false, true] });
      assert.deepEqual(falseOf(other.checks), ['event']);
      const bad = checkRunProofs({ edges: [faster, edges[1]], keep: [false, true] }, keys());
      assert.match(check(bad, 'groth16').says, /segment 1 of 2 does not hold/);
    });
  });
}
