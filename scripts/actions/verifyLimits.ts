import { isNetworkShape } from '../../src/model/anyShape.ts';
import { picturesInWords, type TrainedOnRows, trainedInWords } from '../../src/registry/check.ts';
import type { Origins } from '../../src/registry/checkRecord.ts';
import type { StatedSchemas } from '../../src/registry/checkSchemas.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { definitionOf } from '../../src/registry/programs/definitions.ts';
import { PROGRAMS } from '../../src/registry/programs/list.ts';
import { isSameSchema, NO_SCHEMA } from '../../src/registry/schemas.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import type { CodeFound } from '../chain/codeHere.ts';
import { commandLine } from '../terminal/invocation.ts';
import { printable } from '../terminal/printable.ts';

/** What is known besides the edge itself. */
export interface Known {
  /** What is not proved of its model's descent; undefined where nobody was asked. */
  origins: Origins | undefined;
  /** What a chain has as schemas of its model and shard. */
  schemas: StatedSchemas;
  /** Whether a scored model has seen the rows; undefined where no chain told. */
  trainedOnRows?: TrainedOnRows | undefined;
  /** Whether a chain was asked. */
  chain: boolean;
  /** What the address of the contract tells of its code. */
  code?: CodeFound | undefined;
  /** Whether the edge is the range of a foreign child, and whether a relay's request was read with it. */
  foreign?: { signed: boolean } | undefined;
  /** Whether released weights or a shard were compared. */
  files: boolean;
}

/** What no check of an edge covers, whatever its verdict, in words. */
export function limitsOf({ statement, metadata }: Edge, known: Known): string[] {
  const { origins, schemas, trainedOnRows, chain, code = 'unknown', files, foreign } = known;
  const isResult = PROGRAMS[statement.program].registers === 'result';
  const { parents, schema, model, shard } = subjectOf(statement);
  const limits = foreign === undefined ? [definitionOf(statement).leavesOpen(statement)] : foreignInWords(foreign);
  if (model && shard && isNetworkShape(model.shape)) limits.push(picturesInWords(model.shape));
  if (isResult) limits.push(trainedInWords(trainedOnRows), describeSchemas(schemas));
  if (schema !== undefined && schema !== NO_SCHEMA) {
    limits.push('That the numbers are what the schema says: it is stated by whoever sent this.');
  }
  if (parents.length > 0 || isResult || foreign !== undefined) {
    limits.push(...originsInWords(origins));
  }
  limits.push('Who did the work: the sender is proved, and may have been given weights and data by others.');
  if (chain) {
    limits.push('That the node tells the truth: what is said of the chain is what this node answers.');
    limits.push(...codeInWords(code));
  }
  const names = Object.keys(metadata).map((name) => printable(name.slice(0, 40)));
  if (names.length > 0)
    limits.push(`Its metadata (${names.join(', ')}): anybody may have written it, nothing vouches for it.`);
  if (!files) limits.push('That any file is what it commits to: give --weights or --shard to compare one.');
  return limits;
}

/** What is left to look at of a foreign child. */
function foreignInWords({ signed }: { signed: boolean }): string[] {
  const adapter =
    'What the adapter accepts: anybody can add one that accepts everything. ' +
    `Look at it (${commandLine('foreign', 'list')}), and at the model (${commandLine('show', '<id>')}).`;
  const signature = 'That its trainer signed the request to the relay: the relay checks the signature.';
  return signed ? [adapter, signature] : [adapter];
}

/** What descent leaves open, as far as a chain told. */
function originsInWords({ declared, foreign }: Partial<Origins> = {}): string[] {
  const limits: string[] = [];
  if (declared === true) limits.push('Where the first weights come from: an import above this model is declared.');
  if (declared === undefined) limits.push('Where the first weights come from: an import may be declared (show <id>).');
  if (foreign === true) {
    limits.push('That each model above follows from its parents: for one a foreign program vouches (show <id>).');
  }
  if (foreign === undefined) {
    limits.push('That each model above follows from its parents: a foreign program may vouch for one (show <id>).');
  }
  return limits;
}

/** What the result of a score means, as far as schemas tell. */
function describeSchemas({ model, shard }: StatedSchemas): string {
  switch (model && shard && isSameSchema(model, shard)) {
    case true:
      return 'That columns and classes of model and rows are the same: both state one schema, and nothing proves it.';
    case false:
      return 'That the result means anything: the model was made for OTHER columns or classes than those of the rows.';
    default:
      return 'That columns and classes of model and rows are the same: it was not stated of both, or no chain told.';
  }
}

/** What stays open of the contract's code, and of the proofs of what stands above the edge. */
function codeInWords(code: CodeFound): string[] {
  switch (code) {
    case 'only':
      return [];
    case 'more':
      return [
        'That the keys built here checked the proofs of what stands above this: the owner has added others. Verify each by its id.',
      ];
    case 'unknown':
      return [
        'That the contract runs the code of Descent, and checked the proofs of what stands above this: verify each by its id.',
      ];
  }
}
