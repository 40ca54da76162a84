// Every list of steps that anybody could show for a claim, right or wrong: those that are taken are the ways of the graph, each once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Hex } from 'viem';
import { CreditFixture, type Step, stepsOf } from './support/credit.ts';
import { ETHER, model } from './support/money.ts';

const PAID = 10n ** 18n;

/** Parents of each node, by number; origins have none. Merges of merges, diamonds, an edge beside the long way round, and foreign
 * children. */
const GRAPHS: readonly Record<number, readonly number[]>[] = [
  { 1: [], 2: [], 3: [1], 4: [3, 1], 5: [2, 3], 6: [4, 5, 1], 7: [6] },
  { 1: [], 2: [1], 3: [1], 4: [2, 3], 5: [3, 2], 6: [5, 4], 7: [6, 1, 2] },
  { 1: [], 2: [1], 3: [2], 4: [1, 2, 3], 5: [4], 6: [5, 2, 4], 7: [6, 5] },
];
const TOP = 7;
const MOST_STEPS = 2;

/** All ways from a node up to another, each as its steps. */
function waysUp(graph: (typeof GRAPHS)[number], from: number, to: number): Step[][] {
  const here: Step[][] = from === to ? [[]] : [];
  const further = graph[from].flatMap((parent, i) =>
    waysUp(graph, parent, to).map((rest): Step[] => (i === 0 ? rest : [[from, parent], ...rest])),
  );
  return [...here, ...further];
}

/** All lists of up to so many steps, of edges and of what is none. */
function lists(steps: readonly Step[], most: number): Step[][] {
  if (most === 0) return [[]];
  return [[], ...steps.flatMap((step) => lists(steps, most - 1).map((rest): Step[] => [step, ...rest]))];
}

describe('of all lists of steps', () => {
  for (const [g, graph] of GRAPHS.entries()) {
    it(`those of graph ${g} are claimed that are ways, each once, and all that is paid is given out`, async () => {
      const credit = await CreditFixture.create();
      const trainers = [credit.alice, credit.bob, credit.carol];
      for (const [i, trainer] of trainers.entries()) await credit.choose(trainer, [311, 97, 203][i]);
      for (const [name, parents] of Object.entries(graph)) {
        const [number, trainer] = [Number(name), trainers[Number(name) % 3]];
        if (parents.length === 0) await credit.import(number, trainer);
        else if (parents.length === 1 && number % 2 === 1) await credit.train(number, trainer, parents[0]);
        else if (parents.length === 1) await credit.foreign(number, trainer, parents);
        else await credit.merge(number, trainer, parents);
      }
      await credit.pay(TOP, PAID);

      // Steps along first parents, upside down and from nowhere too.
      const edges = Object.entries(graph).flatMap(([child, parents]) => parents.map((up): Step => [Number(child), up]));
      const [child, parent] = edges[edges.length - 1];
      const shown = lists([...edges, [parent, child]], MOST_STEPS);
      const marks = new Set<Hex>();
      for (const ancestor of [1, 3, 6]) {
        const ways = new Set(waysUp(graph, TOP, ancestor).map((way) => JSON.stringify(way)));
        const taken: string[] = [];
        for (const steps of shown) {
          const claim = { ancestor: model(ancestor), model: model(TOP), mark: model(0), steps: stepsOf(steps) };
          const due = await credit.vault.read('claimable', [ETHER, claim]).catch(() => undefined);
          if (due !== undefined) taken.push(JSON.stringify(steps));
        }
        assert.deepEqual(taken.sort(), [...ways].filter((way) => JSON.parse(way).length <= MOST_STEPS).sort());
        for (const way of taken) {
          const mark: Hex = await credit.vault.read('markOf', [model(TOP), model(0), stepsOf(JSON.parse(way))]);
          const key = `${ancestor} ${mark}` as Hex;
          assert.ok(!marks.has(key));
          marks.add(key);
        }
      }

      let count = 1n;
      for (let ancestor = 1; ancestor < TOP; ancestor++) {
        for (const way of waysUp(graph, TOP, ancestor)) {
          await credit.claim(ancestor, TOP, way);
          assert.equal(await credit.claimed(ancestor, TOP, way), 0n);
          count++;
        }
      }
      await credit.collect([TOP]);
      const given = (await Promise.all(trainers.map((trainer) => credit.credit(trainer)))).reduce((a, b) => a + b);
      assert.ok(given <= PAID && PAID - given < count, `${given}`);
    });
  }
});
