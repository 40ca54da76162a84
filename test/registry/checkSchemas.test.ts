import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hex, padHex } from 'viem';
import { limitsOf } from '../../scripts/actions/verifyLimits.ts';
import { type Schema, schemaHash } from '../../src/model/schema.ts';
import { comparedWithStated, isSameSchema, MIXED_SCHEMA, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { EDGES } from './edges.ts';

const [A, B]: Hex[] = [padHex('0xa', { size: 32 }), padHex('0xb', { size: 32 })];

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
      limitsOf(edge, { declared: false, schemas, chain: true, files: false }).filter((line) => /columns/.test(line));
    assert.match(said({ model: A, shard: B }).join(), /OTHER columns or classes/);
    assert.match(said({ model: MIXED_SCHEMA, shard: MIXED_SCHEMA }).join(), /OTHER columns or classes/);
    assert.match(said({ model: A, shard: A }).join(), /nothing proves it/);
    for (const schemas of [{}, { model: A }, { model: NO_SCHEMA, shard: A }]) {
      assert.match(said(schemas).join(), /not stated of both, or no chain told/);
    }
  });
});
