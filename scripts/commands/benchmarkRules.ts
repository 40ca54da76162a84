import { type Command, InvalidArgumentError } from 'commander';
import { parseEther, zeroHash } from 'viem';
import type { BenchmarkRules } from '../../src/registry/rules.ts';
import { modelIdOf } from '../runs/ids.ts';

/** Who may enter a benchmark, as it is said on the command line. */
export interface RulesOptions {
  undeclared?: boolean;
  /** false where --no-foreign was given */
  foreign: boolean;
  sameSchema?: boolean;
  descendsFrom?: string;
  fee?: bigint;
}

/** Adds the rules of a benchmark, none of which is asked unless it is given. */
export function withRules(command: Command): Command {
  return command
    .option('--undeclared', 'only models that neither are declared imports nor descend from one')
    .option('--no-foreign', 'only models in whose descent no foreign program has a part')
    .option('--same-schema', 'only models that state the same columns and classes as the shards')
    .option('--descends-from <model>', 'only this model and its descendants: id, edge file or weights file')
    .option('--fee <ether>', 'what entering a model costs; you are owed it', ether);
}

/** The rules that were said. @throws InputError for a file that is no model's */
export async function rulesFrom(options: RulesOptions): Promise<BenchmarkRules> {
  const { undeclared = false, foreign, sameSchema = false, descendsFrom, fee = 0n } = options;
  const ancestor = descendsFrom === undefined ? zeroHash : await modelIdOf(descendsFrom);
  return { undeclared, noForeign: !foreign, sameSchema, ancestor, fee };
}

/** Parser of an amount of Ether, into wei. */
export function ether(text: string): bigint {
  if (!/^\d{1,20}(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError('Not an amount of Ether, as 0.05.');
  return parseEther(text);
}

/** Parser of a moment, into seconds since 1970. Without a zone it is UTC. */
export function momentOf(text: string): number {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?(Z|[+-]\d\d:\d\d)?$/;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text.slice(10)) || text.length === 10 ? text : `${text}Z`;
  const time = form.test(text) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('Not a time, as 2030-12-31 or 2030-12-31T18:00Z.');
  return Math.floor(time / 1000);
}
