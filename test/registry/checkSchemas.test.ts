import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hex, padHex } from 'viem';
import { limitsOf } from '../../scripts/actions/verifyLimits.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { type Network, networkGeometry, parseNetwork, readsBeyondSide } from '../../src/model/network.ts';
import { type Schema, schemaHash } from '../../src/model/schema.ts';
import type { Origins } from '../../src/registry/checkRecord.ts';
import type { Edge } from '../../src/registry/edge.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { comparedWithStated, isSameSchema, MIXED_SCHEMA, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { EDGES, NETWORK_EDGES } from './edges.ts';

const [A, B]: Hex[] = [padHex('0xa', { size: 32 }), padHex('0xb', { size: 32 })];
const origins: Origins = { declared: false, foreign: false };

describe('the schemas of a model and rows', () => {
  it('are the same or not, and neither where one of them is not stated', () => {
    assert.equal(isSameSchema(A, A), true);
    assert.equal(isSameSchema(A, B), false);
    for (const other of [A, MIXED_SCHEMA, NO_SCHEMA]) {
      assert.equal(isSameSchema(NO_SCHEMA, other), undefined);
      assert.equal(isSameSchema(other, NO_SCHEMA), undefined);
    }
  });

  it('are not the same for a merge of different lines, whatever a shard states', () => {
    assert.equal(isSameSchema(MIXED_SCHEMA, A), false);
    assert.equal(isSameSchema(MIXED_SCHEMA, MIXED_SCHEMA), false);
  });

  it('in a file are those that a registry has, others, or stated nowhere else', () => {
    const schema: Schema = {
      format: 'descent-schema/1',
      kind: 'classes',
      columns: 4,
      decimal: '.',
      missing: 'refuse',
      transforms: [],
      classes: ['cat', 'dog'],
    };
    const turned = { ...schema, classes: ['dog', 'cat'] };
    const stated = schemaHash(schema);
    assert.equal(comparedWithStated(schema, stated), 'same');
    assert.equal(comparedWithStated(turned, stated), 'other');
    for (const other of [NO_SCHEMA, MIXED_SCHEMA]) assert.equal(comparedWithStated(schema, other), 'silent');
    assert.equal(comparedWithStated(undefined, stated), 'silent');
  });

  it('are told beside every score', () => {
    const edge = EDGES.find(({ statement }) => statement.program === 'score')!;
    const said = (schemas: { model?: Hex; shard?: Hex }) =>
      limitsOf(edge, { origins, schemas, chain: true, files: false }).filter((line) => /columns/.test(line));
    assert.match(said({ model: A, shard: B }).join(), /OTHER columns or classes/);
    assert.match(said({ model: MIXED_SCHEMA, shard: MIXED_SCHEMA }).join(), /OTHER columns or classes/);
    assert.match(said({ model: A, shard: A }).join(), /nothing proves it/);
    for (const schemas of [{}, { model: A }, { model: NO_SCHEMA, shard: A }]) {
      assert.match(said(schemas).join(), /not stated of both, or no chain told/);
    }
  });
});

/** Layers 0..6, none of a network that the protocol does not have. */
function geometryOrNone(network: Network) {
  try {
    return networkGeometry(network);
  } catch (error) {
    assert.ok(error instanceof InputError);
    return [];
  }
}

describe('what descent leaves open', () => {
  const edge = EDGES.find(({ statement }) => statement.program === 'train')!;
  const said = (told: Origins | undefined) =>
    limitsOf(edge, { origins: told, schemas: {}, chain: true, files: false }).filter((line) => /above/.test(line));

  it('is told as the chain tells it: imports, foreign programs, both or neither', () => {
    const [declared, foreign] = [/an import above this model is declared/, /for one a foreign program vouches/];
    const both = said({ declared: true, foreign: true });
    assert.match(both[0], declared);
    assert.match(both[1], foreign);
    assert.match(said({ declared: true, foreign: false }).join(), declared);
    assert.doesNotMatch(said({ declared: true, foreign: false }).join(), /foreign/);
    assert.match(said({ declared: false, foreign: true }).join(), foreign);
    assert.doesNotMatch(said({ declared: false, foreign: true }).join(), /declared/);
  });

  it('may be either where no chain told', () => {
    const limits = limitsOf(edge, { origins: undefined, schemas: {}, chain: false, files: false }).join();
    assert.match(limits, /an import may be declared/);
    assert.match(limits, /a foreign program may vouch for one/);
  });
});

describe('what a network takes columns for', () => {
  const said = (edge: Edge) =>
    limitsOf(edge, { origins, schemas: {}, chain: true, files: false }).filter((line) => /pictures/.test(line));

  it('is told beside its trainings and scores, with what stands beyond pictures where it is read', () => {
    for (const program of ['train', 'score', 'infer']) {
      const edge = NETWORK_EDGES.find(({ statement }) => statement.program === program)!;
      const of = (text: string) =>
        said({ ...edge, statement: { ...edge.statement, network: parseNetwork(text, 'softmax') } as Statement }).join();
      assert.match(of('28x28x1-c8k5s2p2-3'), /pictures of 28x28x1, .* beyond these pixels are 0/);
      assert.match(of('28x28x1-a2-c8k5p2-3'), /beyond/);
      // where no tap gets there, and of a side that is a power of two, there is nothing beyond
      for (const text of ['28x28x1-c8k5s2-3', '28x28x1-c8k3s2p1-3', '32x32x1-c8k5s2p2-3', '16x16x1-a2-c8k5p2-3'])
        assert.doesNotMatch(of(text), /beyond/, text);
    }
    for (const edge of [...EDGES, ...NETWORK_EDGES])
      if (!['train', 'score', 'infer'].includes(edge.statement.program) || !('network' in edge.statement))
        assert.deepEqual(said(edge), []);
  });

  it('beyond the side is read where some tap of some place is', () => {
    for (let side = 2; side <= 9; side++)
      for (const pooled of [false, true])
        for (let kernel = 1; kernel <= 7; kernel++)
          for (let padding = 0; padding <= 3; padding++)
            for (const stride of [1, 2] as const) {
              const layers = [
                { channels: 1, kernel, padding, stride, pooled },
                { channels: 1, flat: true },
              ];
              const network: Network = { channels: 1, side, layers, head: 'softmax' };
              const [, , , , , layer] = geometryOrNone(network);
              if (layer === undefined) continue;
              const places = Array.from({ length: layer.side }, (_, y) => y);
              const taps = Array.from({ length: kernel }, (_, d) => d);
              const reads = places.flatMap((y) => taps.map((d) => stride * y + d - padding));
              const beyond = reads.some((u) => u >= layer.read && u < 2 ** layer.logs.read);
              assert.equal(readsBeyondSide(network), beyond, JSON.stringify(network));
            }
  });
});
